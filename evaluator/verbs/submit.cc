#include <fmt/format.h>

#include <memory>
#include <string>

#include "evaluator/locate.h"
#include "evaluator/verbs/report_files.h"
#include "evaluator/verbs/verbs.h"
#include "tasks/reader/predictions.h"
#include "tasks/reader/reader.h"
#include "tasks/registry.h"
#include "tasks/submission/submission.h"

namespace mono::evaluator {

namespace {

struct Options {
  std::string task{};
  std::string profile = "paper";
  std::string data{};
  std::string predictions{};
  std::string output{};
  bool is_partial = false;
};

ExitCode submit(const Options& options) {
  const ReportFile read[] = {{"--predictions", options.predictions}, {"--data", options.data}};
  check_not_read({"--output", options.output}, read);
  const auto& task = tasks::task_named(options.task);
  const auto& profile = task.profile(options.profile);
  const auto& format = tasks::submission_format(task);
  prepare_output(options.output);
  std::vector<std::shared_ptr<const tasks::Sample>> samples;
  if (!options.data.empty()) {
    samples = tasks::read_samples(find_data(options.data, task, profile), task, profile).samples;
  }
  const auto set = tasks::read_predictions(options.predictions, task, profile, samples);
  tasks::write_submission(task, tasks::scoring_profile(profile, set), set.rows, options.output,
                          options.is_partial);
  fmt::print("{}: {} answers for {}\n", options.output, set.rows.size(), format.server);
  return ExitCode::kFine;
}

std::string known_tasks() {
  std::string names;
  for (const auto& format : tasks::submission_formats()) {
    names += (names.empty() ? "" : " ") + std::string(format.task);
  }
  return names;
}

}  // namespace

void add_submit(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand("submit",
                                  "write the file in which a benchmark's server wants the answers");
  verb->add_option("--task", options->task, "one of " + known_tasks())->required();
  verb->add_option("--predictions,--run", options->predictions,
                   "file of predictions; a run's samples.jsonl is one")
      ->required();
  verb->add_option("--output", options->output, "the file to write: .json, or .xlsx for MMBench")
      ->required();
  verb->add_option("--profile", options->profile,
                   "whose file: ivl writes letters for MMBench and CCBench, vek whole answers")
      ->capture_default_str();
  verb->add_option("--data", options->data,
                   "data file or folder; not needed where the predictions hold the questions");
  verb->add_flag("--partial", options->is_partial,
                 "write another number of rows than the split has");
  add_example(*verb,
              "mono-eval submit --task docvqa --run runs/mono/docvqa.ivl/samples.jsonl "
              "--data data/docvqa/test.jsonl --output docvqa_test.json");
  verb->callback([options, &action] { action = [options] { return submit(*options); }; });
}

}  // namespace mono::evaluator
