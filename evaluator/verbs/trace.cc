#include <fmt/format.h>

#include <memory>
#include <string>

#include "evaluator/locate.h"
#include "evaluator/verbs/verbs.h"
#include "model/native/trace.h"
#include "tasks/reader/reader.h"
#include "tasks/registry.h"

namespace mono::evaluator {

namespace {

struct Options {
  std::string model{};
  std::string image{};
  std::string question{};
  std::string task{};
  std::string profile = "paper";
  std::string data{};
  std::string id{};
  std::string output{};
  int max_tiles = 6;
  int max_new_tokens = 16;
  model::NativeOptions native{};
};

model::Request request_of_row(const Options& options) {
  const auto& task = tasks::task_named(options.task);
  const auto& profile = task.profile(options.profile);
  const auto set =
      tasks::read_samples(find_data(data_root(options.data), task, profile), task, profile);
  for (const auto& sample : set.samples) {
    if (options.id.empty() || sample->id == options.id) {
      return task.request(*sample, profile, tasks::Registration::kV20);
    }
  }
  model::fail(options.data, ": no row has the id '", options.id, "'");
}

model::Request request_of(const Options& options) {
  if (!options.task.empty()) return request_of_row(options);
  if (options.question.empty()) {
    model::fail<model::UsageError>("trace: give --question, or --task with --data");
  }
  model::Request request{.id = "trace", .question = options.question};
  request.decoding.max_new_tokens = options.max_new_tokens;
  if (!options.image.empty()) {
    request.images.push_back(
        {.name = options.image, .path = options.image, .max_tiles = options.max_tiles});
  }
  return request;
}

ExitCode trace(const Options& options) {
  if (!std::filesystem::is_directory(options.model)) {
    model::fail("--model ", options.model, ": no such folder");
  }
  const auto summary =
      model::trace_request(options.model, options.native, request_of(options), options.output);
  fmt::print("{} tensors in {}\n{} prompt tokens, {} new\nresponse: {}\n", summary.num_tensors,
             options.output, summary.response.prompt_tokens, summary.response.new_tokens,
             summary.response.text);
  return ExitCode::kFine;
}

}  // namespace

void add_trace(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand(
      "trace", "one question through every stage, its tensors to a safetensors file");
  verb->add_option("--model", options->model, "checkpoint folder")->required();
  verb->add_option("--output", options->output, "file to write")->required();
  verb->add_option("--image", options->image, "picture");
  verb->add_option("--question", options->question, "text");
  verb->add_option("--task", options->task, "ask a row of this task instead");
  verb->add_option("--profile", options->profile, "recipe of the task")->capture_default_str();
  verb->add_option("--data", options->data, "its data file or folder; default: LMUData");
  verb->add_option("--id", options->id, "its row; default: the first");
  verb->add_option(both_spellings("--max-tiles"), options->max_tiles, "with --image")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  verb->add_option(both_spellings("--max-new-tokens"), options->max_new_tokens, "with --question")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  verb->add_option("--device", options->native.device, "cpu or cuda")->capture_default_str();
  verb->add_option("--dtype", options->native.dtype, "bf16 or fp32")->capture_default_str();
  add_example(*verb,
              "mono-eval trace --model ckpt --image cat.jpg --question 'What is it?' "
              "--output trace.safetensors");
  verb->callback([options, &action] { action = [options] { return trace(*options); }; });
}

}  // namespace mono::evaluator
