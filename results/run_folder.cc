#include "results/run_folder.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "model/adapter.h"
#include "model/json_text.h"
#include "results/schema.h"

namespace mono::results {

using model::fail;
using nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

constexpr const char* kResultsFile = "results.json";
constexpr const char* kEnvironmentFile = "environment.json";

/// The folder itself, or the one below it, that holds a results.json.
fs::path folder_with_results(const fs::path& path) {
  if (!fs::exists(path)) fail(path.string(), ": no such run");
  if (!fs::is_directory(path)) fail(path.string(), ": expected the folder of a run, got a file");
  if (fs::exists(path / kResultsFile)) return path;
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (fs::exists(entry.path() / kResultsFile)) found.push_back(entry.path().string());
  }
  std::sort(found.begin(), found.end());
  if (found.empty()) {
    fail(path.string(), ": no ", kResultsFile, " here or one folder below; not a run");
  }
  if (found.size() > 1) {
    std::string list;
    for (const auto& folder : found) list += " " + folder;
    fail(path.string(), ": runs of several models; name one of:", list);
  }
  return found.front();
}

ordered_json read_json(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path.string(), ": cannot open");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return model::parse_json<ordered_json>(text, path.string());
}

template <typename Value>
std::optional<Value> optional_field(const ordered_json& json, const char* name) {
  const auto field = json.find(name);
  if (field == json.end() || field->is_null()) return std::nullopt;
  return field->get<Value>();
}

TableCell table_cell(const ordered_json& about) {
  TableCell cell{.value = optional_field<double>(about, "table_value")};
  if (const auto interval = about.find("table_interval");
      interval != about.end() && interval->is_object()) {
    cell.interval = {.low = interval->at("low"), .high = interval->at("high")};
    cell.interval_method = interval->at("method");
  }
  return cell;
}

RunTask task_of(const ordered_json& document, const std::string& label, const fs::path& folder) {
  const auto& about = document.at("ext").at("tasks").at(label);
  RunTask task{.label = label,
               .task = about.at("task"),
               .profile = about.at("profile"),
               .profile_version = about.at("profile_version"),
               .is_complete = about.at("status") == "complete",
               .is_capped = optional_field<int>(about, "max_new_tokens_cap").has_value(),
               .num_rows = about.value("rows", int64_t{0}),
               .num_scored = about.value("scored", int64_t{0}),
               .rows_in_dataset = about.value("rows_in_dataset", int64_t{0}),
               .main_metric = about.value("main_metric", ""),
               .main_value = optional_field<double>(about, "main_value"),
               .cell = table_cell(about),
               .judge = about.contains("judge") ? about["judge"].dump() : "",
               .samples = folder / about.at("samples").get<std::string>()};
  task.timings = task.samples.parent_path() / "timings.jsonl";
  return task;
}

std::vector<ordered_json> read_environments(const fs::path& file) {
  if (!fs::exists(file)) return {};
  const auto document = read_json(file);
  if (!document.is_object()) fail(file.string(), ": expected a JSON object");
  check_schema(document, "mono-eval.environment", file.string());
  const auto all = document.find("environments");
  if (all == document.end() || !all->is_array() || all->empty()) {
    fail(file.string(), ": no 'environments'");
  }
  return {all->begin(), all->end()};
}

}  // namespace

const RunTask* RunFolder::find(std::string_view label) const {
  const auto found = std::find_if(tasks.begin(), tasks.end(),
                                  [&](const RunTask& task) { return task.label == label; });
  return found == tasks.end() ? nullptr : &*found;
}

std::vector<ordered_json> RunFolder::environments_of(const std::string& label) const {
  const auto has_task = [&](const ordered_json& environment) {
    return environment.is_object() && environment.contains("data") &&
           environment["data"].is_object() && environment["data"].contains(label);
  };
  std::vector<ordered_json> found;
  std::copy_if(environments.begin(), environments.end(), std::back_inserter(found), has_task);
  return found.empty() ? environments : found;
}

RunFolder read_run_folder(const fs::path& path) {
  RunFolder run{.folder = folder_with_results(path)};
  const auto file = run.folder / kResultsFile;
  const auto document = read_json(file);
  const auto ours = document.is_object() ? document.find("ext") : document.end();
  if (ours == document.end() || !ours->is_object()) {
    fail(file.string(), ": no 'ext' of ours; results of another program");
  }
  check_schema(*ours, "mono-eval.results", file.string());
  try {
    run.model = document.at("model_name");
    run.date = document.at("date");
    run.is_complete = ours->at("status") == "complete";
    for (const auto& [label, about] : ours->at("tasks").items()) {
      run.tasks.push_back(task_of(document, label, run.folder));
    }
  } catch (const ordered_json::exception& cause) {
    fail(file.string(), ": ", cause.what());
  }
  run.environments = read_environments(run.folder / kEnvironmentFile);
  return run;
}

}  // namespace mono::results
