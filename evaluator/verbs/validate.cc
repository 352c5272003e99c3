#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "evaluator/locate.h"
#include "evaluator/verbs/verbs.h"
#include "model/image/file/load.h"
#include "model/json_text.h"
#include "model/native/model_card.h"
#include "model/native/reference_checks.h"
#include "tasks/reader/reader.h"
#include "tasks/registry.h"

namespace mono::evaluator {

namespace {

using nlohmann::ordered_json;

struct Options {
  std::string folder{};
  std::string task{};
  std::string profile = "paper";
  bool is_full = false;
  bool as_json = false;
};

ExitCode show_card(const Options& options) {
  const auto card = model::model_card(options.folder);
  if (options.as_json) {
    fmt::print("{}\n", model::printed_json(model::to_json(card)));
  } else {
    for (const auto& [name, value] : card.facts) fmt::print("{:<31}{}\n", name, value);
    for (const auto& fault : card.faults) fmt::print("fault: {}\n", fault);
    fmt::print("{}\n", card.faults.empty() ? "this checkpoint can be run"
                                           : "this checkpoint cannot be run");
  }
  return card.faults.empty() ? ExitCode::kFine : ExitCode::kSetup;
}

void print(const model::Check& check) {
  if (!check.holds()) {
    fmt::print("DIFFERS {:<48} expected {}, found {}\n", check.name, check.expected, check.found);
  } else {
    fmt::print("{} {:<48} {}\n", check.is_known() ? "ok     " : "found  ", check.name, check.found);
  }
}

ExitCode show_reference_checks(const Options& options) {
  size_t num_known = 0;
  size_t num_differing = 0;
  auto rows = ordered_json::array();
  for (const auto& check : model::reference_checks(options.folder)) {
    if (check.is_known()) ++num_known;
    if (!check.holds()) ++num_differing;
    rows.push_back({{"check", check.name},
                    {"expected", check.is_known() ? ordered_json(check.expected) : nullptr},
                    {"found", check.found},
                    {"holds", check.holds()}});
    if (!options.as_json) print(check);
  }
  if (options.as_json) {
    fmt::print("{}\n", model::printed_json(rows));
  } else {
    fmt::print("{} of {} checks hold\n", num_known - num_differing, num_known);
  }
  return num_differing == 0 ? ExitCode::kFine : ExitCode::kSetup;
}

/// What keeps a row from being asked; every picture of it is decoded. "" if nothing does.
std::string row_fault(const tasks::Sample& sample, const tasks::Task& task,
                      const tasks::Profile& profile) {
  if (!sample.fault.empty()) return sample.fault;
  try {
    const auto request = task.request(sample, profile, tasks::Registration::kV20);
    for (const auto& image : request.images) model::load_image(image);
  } catch (const model::SetupError& cause) {
    return cause.what();
  }
  return "";
}

ExitCode check_data(const Options& options) {
  const auto& task = tasks::task_named(options.task);
  const auto& profile = task.profile(options.profile);
  const auto file = find_data(options.folder, task, profile);
  const auto set = tasks::read_samples(file, task, profile);
  auto faults = ordered_json::array();
  for (const auto& sample : set.samples) {
    const auto fault = row_fault(*sample, task, profile);
    if (fault.empty()) continue;
    faults.push_back({{"id", sample->id}, {"fault", fault}});
    if (!options.as_json) fmt::print("row {}: {}\n", sample->id, fault);
  }
  if (options.as_json) {
    fmt::print("{}\n",
               model::printed_json(ordered_json{{"file", file.string()},
                                                {"rows", set.samples.size()},
                                                {"without_picture", set.dropped_without_image},
                                                {"faults", faults}}));
  } else {
    fmt::print("{}: {} rows, {} left out without a picture, {} that cannot be asked\n",
               file.string(), set.samples.size(), set.dropped_without_image, faults.size());
  }
  return faults.empty() ? ExitCode::kFine : ExitCode::kSetup;
}

}  // namespace

void add_validate(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  auto* verb =
      app.add_subcommand("validate", "check a checkpoint or a data folder before a long run");
  verb->add_option("folder", options->folder,
                   "checkpoint folder; with --task a data folder or file")
      ->required();
  verb->add_option("--task", options->task, "check this task's data: every row, every picture");
  verb->add_option("--profile", options->profile, "recipe of the task")->capture_default_str();
  verb->add_flag("--full", options->is_full,
                 "compare a checkpoint with what is expected of Mono-InternVL-2B");
  verb->add_flag("--json", options->as_json, "for machines");
  add_example(*verb, "mono-eval validate --full Mono-InternVL-2B");
  verb->callback([options, &action] {
    action = [options] {
      if (!options->task.empty()) return check_data(*options);
      return options->is_full ? show_reference_checks(*options) : show_card(*options);
    };
  });
}

}  // namespace mono::evaluator
