#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "evaluator/locate.h"
#include "evaluator/verbs/native_options.h"
#include "evaluator/verbs/report_files.h"
#include "evaluator/verbs/verbs.h"
#include "model/json_text.h"
#include "model/native/trace.h"
#include "model/native/trace_compare.h"
#include "tasks/reader/reader.h"
#include "tasks/registry.h"

namespace mono::evaluator {

namespace {

using nlohmann::ordered_json;

constexpr int kMaxNewTokens = 16;

struct Options {
  std::string model{};
  std::string image{};
  std::string question{};
  std::string task{};
  std::string profile = "paper";
  std::string data{};
  std::string id{};
  std::string inputs{};
  std::string output{};
  std::string existing{};
  std::string compare{};
  double tolerance = 0;
  bool as_json = false;
  int max_tiles = 6;
  std::optional<int> max_new_tokens{};
  model::NativeOptions native{};
};

model::Request request_of_row(const Options& options) {
  const auto& task = tasks::task_named(options.task);
  const auto& profile = task.profile(options.profile);
  const auto set =
      tasks::read_samples(find_data(data_root(options.data), task, profile), task, profile);
  for (const auto& sample : set.samples) {
    if (options.id.empty() || sample->id == options.id) {
      auto request = task.request(*sample, profile, tasks::Registration::kV20);
      auto& most = request.decoding.max_new_tokens;
      most = std::min(most, options.max_new_tokens.value_or(most));
      return request;
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
  request.decoding.max_new_tokens = options.max_new_tokens.value_or(kMaxNewTokens);
  if (!options.image.empty()) {
    request.images.push_back(
        {.name = options.image, .path = options.image, .max_tiles = options.max_tiles});
  }
  return request;
}

model::TraceSummary make_trace(const Options& options) {
  if (options.model.empty() || options.output.empty()) {
    model::fail<model::UsageError>(
        "trace: give --model and --output, or --trace with --compare for a trace that exists");
  }
  if (!std::filesystem::is_directory(options.model)) {
    model::fail("--model ", options.model, ": no such folder");
  }
  if (!options.inputs.empty()) {
    prepare_output(options.output);
    return model::trace_inputs(options.model, options.native, options.inputs,
                               options.max_new_tokens.value_or(kMaxNewTokens), options.output);
  }
  const auto request = request_of(options);
  prepare_output(options.output);
  return model::trace_request(options.model, options.native, request, options.output);
}

ordered_json to_json(const model::TraceComparison& comparison) {
  ordered_json json = {{"num_compared", comparison.num_compared},
                       {"num_equal", comparison.num_equal},
                       {"first_difference", nullptr},
                       {"only_expected", comparison.only_expected},
                       {"only_actual", comparison.only_actual}};
  if (comparison.first) {
    json["first_difference"] = {{"stage", comparison.first->stage},
                                {"what", comparison.first->what}};
  }
  return json;
}

void print(const Options& options, const std::string& made,
           const model::TraceComparison& comparison) {
  fmt::print("{} of {} stages equal\n", comparison.num_equal, comparison.num_compared);
  if (comparison.first) {
    fmt::print("first that differs: {} {}\n", comparison.first->stage, comparison.first->what);
  }
  if (!comparison.only_expected.empty()) {
    fmt::print("only in {}: {}\n", options.compare, fmt::join(comparison.only_expected, ", "));
  }
  if (!comparison.only_actual.empty()) {
    fmt::print("only in {}: {}\n", made, fmt::join(comparison.only_actual, ", "));
  }
}

ExitCode trace(const Options& options) {
  const ReportFile read[] = {{"--compare", options.compare},
                             {"--inputs", options.inputs},
                             {"--image", options.image},
                             {"--data", options.data}};
  check_not_read({"--output", options.output}, read);
  auto json = ordered_json::object();
  auto made = options.existing;
  if (made.empty()) {
    const auto summary = make_trace(options);
    made = options.output;
    json = {{"file", made},
            {"num_tensors", summary.num_tensors},
            {"prompt_tokens", summary.response.prompt_tokens},
            {"new_tokens", summary.response.new_tokens},
            {"response", summary.response.text}};
    if (!options.as_json) {
      fmt::print("{} tensors in {}\n{} prompt tokens, {} new\nresponse: {}\n", summary.num_tensors,
                 made, summary.response.prompt_tokens, summary.response.new_tokens,
                 summary.response.text);
    }
  } else if (options.compare.empty()) {
    model::fail<model::UsageError>("trace: --trace is there to be compared; give --compare");
  }
  auto code = ExitCode::kFine;
  if (!options.compare.empty()) {
    const auto comparison = model::compare_traces(options.compare, made, options.tolerance);
    json["comparison"] = to_json(comparison);
    if (!options.as_json) print(options, made, comparison);
    if (comparison.first) code = ExitCode::kRegression;
  }
  if (options.as_json) {
    fmt::print("{}\n", model::printed_json(json));
  }
  return code;
}

}  // namespace

void add_trace(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand(
      "trace", "one question through every stage, its tensors to a safetensors file");
  verb->add_option("--model", options->model, "checkpoint folder");
  verb->add_option("--output", options->output, "file to write");
  verb->add_option("--image", options->image, "picture");
  verb->add_option("--question", options->question, "text");
  verb->add_option("--task", options->task, "ask a row of this task instead");
  verb->add_option("--profile", options->profile, "recipe of the task")->capture_default_str();
  verb->add_option("--data", options->data, "its data file or folder; default: LMUData");
  verb->add_option("--id", options->id, "its row; default: the first");
  verb->add_option(both_spellings("--max-tiles"), options->max_tiles, "with --image")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  verb->add_option(both_spellings("--max-new-tokens"), options->max_new_tokens,
                   "of the answer at most; default: 16, with --task its recipe's")
      ->check(CLI::PositiveNumber);
  verb->add_option("--inputs", options->inputs,
                   "take input_ids and pixel_values from this trace, ours or the reference's");
  verb->add_option("--compare", options->compare,
                   "name the first stage that differs from this trace; exit code 5 if one does");
  verb->add_option("--trace", options->existing,
                   "with --compare: a trace that exists, not a new one");
  verb->add_option("--tolerance", options->tolerance,
                   "with --compare: what a value may differ, as a share of the root mean square of "
                   "its stage")
      ->capture_default_str();
  verb->add_flag("--json", options->as_json, "for machines");
  add_arithmetic_options(*verb, options->native);
  add_example(*verb,
              "mono-eval trace --model ckpt --image cat.jpg --question 'What is it?' "
              "--output trace.safetensors");
  verb->callback([options, &action] { action = [options] { return trace(*options); }; });
}

}  // namespace mono::evaluator
