#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "evaluator/locate.h"
#include "evaluator/record.h"
#include "evaluator/verbs/verbs.h"
#include "model/complain.h"
#include "tasks/reader/reader.h"
#include "tasks/registry.h"

namespace mono::evaluator {

namespace {

struct Options {
  std::string task{};
  std::string profile = "paper";
  std::string registration = "v2.0";
  std::string data{};
  std::string id{};
  int limit = 0;
  bool as_json = false;
};

void print_request(const model::Request& request, bool as_json) {
  auto json = request_json(request);
  if (as_json) {
    nlohmann::ordered_json line = {{"id", request.id}};
    line.update(json);
    fmt::print("{}\n", line.dump());
    return;
  }
  fmt::print("--- {}\n", request.id);
  for (const auto& part : json["parts"]) fmt::print("part        {}\n", part.dump());
  for (const auto& image : json["images"]) fmt::print("image       {}\n", image.dump());
  fmt::print("generation  {}\nquestion\n{}\n", json["generation"].dump(), request.question);
}

ExitCode prompt(const Options& options) {
  const auto& task = tasks::task_named(options.task);
  const auto& profile = task.profile(options.profile);
  if (profile.is_scorer) {
    model::fail<model::UsageError>("profile ", profile.name, " of ", task.name(),
                                   " only scores answers; it asks nothing");
  }
  const auto registration = tasks::parse_registration(options.registration);
  const auto set =
      tasks::read_samples(find_data(data_root(options.data), task, profile), task, profile);
  int printed = 0, failed = 0;
  for (const auto& sample : set.samples) {
    if (!options.id.empty() && sample->id != options.id) continue;
    if (options.limit > 0 && printed == options.limit) break;
    ++printed;
    try {
      if (!sample->fault.empty()) model::fail(sample->fault);
      print_request(task.request(*sample, profile, registration), options.as_json);
    } catch (const model::SetupError& cause) {
      ++failed;
      model::complain("mono-eval: {}\n", cause.what());
    }
  }
  if (printed == 0) model::fail(options.data, ": no row has the id '", options.id, "'");
  return failed == 0 ? ExitCode::kFine : ExitCode::kIncomplete;
}

}  // namespace

void add_prompt(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  auto* verb =
      app.add_subcommand("prompt", "show what would be asked, row by row, without a model");
  verb->add_option("--task", options->task, "task name or alias")->required();
  verb->add_option("--profile", options->profile, "recipe; see `ls profiles`")
      ->capture_default_str();
  verb->add_option("--registration", options->registration, "v2.0 or v1.5 (vek profiles)")
      ->capture_default_str();
  verb->add_option("--data", options->data, "data file or folder; default: LMUData");
  verb->add_option("--id", options->id, "only this row");
  verb->add_option("--limit", options->limit, "first N rows; 0 is all")
      ->check(CLI::NonNegativeNumber);
  verb->add_flag("--json", options->as_json, "JSON Lines");
  add_example(*verb, "mono-eval prompt --task ocrbench --profile vek --data LMUData --limit 3");
  verb->callback([options, &action] { action = [options] { return prompt(*options); }; });
}

}  // namespace mono::evaluator
