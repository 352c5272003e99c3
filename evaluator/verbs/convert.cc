#include <fmt/format.h>

#include <memory>
#include <string>

#include "evaluator/export/export.h"
#include "evaluator/locate.h"
#include "evaluator/verbs/report_files.h"
#include "evaluator/verbs/verbs.h"
#include "tasks/reader/predictions.h"
#include "tasks/reader/reader.h"
#include "tasks/registry.h"

namespace mono::evaluator {

namespace {

struct Options {
  std::string from{};
  std::string to{};
  std::string task{};
  std::string profile = "vek";
  std::string data{};
  std::string output{};
};

/// `vek` where the benchmark has it: whose sheet a spreadsheet is.
const tasks::Profile& profile_of(const tasks::Task& task, const std::string& name) {
  for (const auto& profile : task.profiles()) {
    if (profile.name == name) return profile;
  }
  return task.profile(name == "vek" ? "" : name);
}

/// A file of texts keeps those of the file it is made from, whatever the profile reads in them.
tasks::Profile reading_profile(const tasks::Profile& profile, const std::string& format) {
  auto reading = profile;
  reading.keeps_texts = format != "vlmevalkit-xlsx";
  return reading;
}

ExitCode convert(const Options& options) {
  const ReportFile read[] = {{"--from", options.from}, {"--data", options.data}};
  check_not_read({"--output", options.output}, read);
  const auto& task = tasks::task_named(options.task);
  const auto profile = reading_profile(profile_of(task, options.profile), options.to);
  prepare_folder_of(options.output);
  std::vector<std::shared_ptr<const tasks::Sample>> samples;
  if (!options.data.empty()) {
    samples = tasks::read_samples(find_data(options.data, task, profile), task, profile).samples;
  }
  const auto set = tasks::read_predictions(options.from, task, profile, samples);
  const auto written = write_predictions(options.to, options.output, set.rows, task, profile);
  fmt::print("{}: {} of {} rows written as {} (read as {})\n", options.output, written,
             set.rows.size(), options.to, set.format);
  return written == set.rows.size() ? ExitCode::kFine : ExitCode::kIncomplete;
}

}  // namespace

void add_convert(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand("convert", "predictions from one tool's file to another's");
  verb->add_option("--from", options->from,
                   "file of predictions in any format `score` reads, or a run's samples.jsonl")
      ->required();
  verb->add_option("--to", options->to, "format of the new file")
      ->required()
      ->check(CLI::IsMember(export_formats()));
  verb->add_option("--task", options->task, "task name or alias")->required();
  verb->add_option("--data", options->data,
                   "data file or folder; not needed where the predictions hold their questions");
  verb->add_option("--output", options->output,
                   "file to write; a folder for MME as InternVL's script writes it")
      ->required();
  verb->add_option("--profile", options->profile,
                   "whose reading of the data, and whose result sheet a spreadsheet is")
      ->capture_default_str();
  add_example(*verb,
              "mono-eval convert --from runs/mono/textvqa.vek/samples.jsonl --to vlmevalkit-xlsx "
              "--task textvqa --data TextVQA_VAL.tsv --output mono_TextVQA_VAL.xlsx");
  verb->callback([options, &action] { action = [options] { return convert(*options); }; });
}

}  // namespace mono::evaluator
