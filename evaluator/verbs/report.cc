#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluator/verbs/report_files.h"
#include "evaluator/verbs/verbs.h"
#include "model/json_text.h"
#include "results/file.h"
#include "results/paper_table.h"
#include "results/reference/published.h"

namespace mono::evaluator {

namespace {

struct Options {
  std::vector<std::string> runs{};
  std::vector<std::string> published{};
  std::string format = "markdown";
  std::string output{};
};

ExitCode report(const Options& options) {
  const ReportFile file = {"--output", options.output};
  check_report_files({&file, 1},
                     std::vector<std::filesystem::path>(options.runs.begin(), options.runs.end()));
  std::vector<results::RunFolder> runs;
  runs.reserve(options.runs.size());
  for (const auto& path : options.runs) runs.push_back(results::read_run_folder(path));
  auto published = split_list(options.published);
  if (published.empty()) published = results::published_models();
  if (published.front() == "none") published.clear();
  const auto table = results::paper_table(runs, published);
  std::string text;
  if (options.format == "latex") {
    text = results::paper_table_latex(table);
  } else if (options.format == "json") {
    text = model::printed_json(results::paper_table_json(table)) + "\n";
  } else {
    text = results::paper_table_markdown(table);
  }
  if (options.output.empty()) {
    fmt::print("{}", text);
  } else {
    results::write_file_atomically(options.output, text);
  }
  return ExitCode::kFine;
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand("report", "runs as the paper's table, beside published numbers");
  verb->add_option("RUN", options->runs, "folders of runs, a column each; none: published only");
  verb->add_option("--published", options->published,
                   "models whose published numbers stand beside, comma-separated; `none` for none; "
                   "default: all that are known");
  verb->add_option("--format", options->format, "markdown, latex or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"markdown", "latex", "json"}));
  verb->add_flag_callback(
      "--json", [options] { options->format = "json"; }, "for machines");
  verb->add_option("--output", options->output, "write to this file instead of standard output");
  add_example(*verb,
              "mono-eval report runs/mono runs/mini --published Mono-InternVL-2B --format latex");
  verb->callback([options, &action] { action = [options] { return report(*options); }; });
}

}  // namespace mono::evaluator
