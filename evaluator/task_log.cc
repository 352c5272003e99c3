#include "evaluator/task_log.h"

#include <nlohmann/json.hpp>

#include "model/complain.h"
#include "results/file.h"
#include "results/json_lines.h"
#include "results/schema.h"

namespace mono::evaluator {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

ordered_json samples_header(const model::AdapterInfo& info, const TaskPlan& plan) {
  ordered_json header = {{"schema", "mono-eval.samples"},
                         {"schema_version", results::kSamplesSchemaVersion},
                         {"task", plan.task->name()},
                         {"profile", plan.profile->name},
                         {"profile_version", plan.profile->version},
                         {"registration", info.registration},
                         {"adapter", info.kind},
                         {"model_fingerprint", info.fingerprint}};
  for (const auto& [name, value] : info.details) header["model_" + name] = value;
  header["data_file"] = fs::path(plan.data_file).filename().string();
  header["data_sha256"] = plan.data_sha256;
  header["rows_in_dataset"] = plan.num_in_dataset;
  if (plan.max_new_tokens > 0) header["max_new_tokens_cap"] = plan.max_new_tokens;
  return header;
}

bool has_error(const ordered_json& row) {
  return !row.at("error").get<std::string>().empty();
}

std::string samples_text(const ordered_json& header, const std::vector<ordered_json>& rows) {
  std::string text = results::json_line({{"header", header}});
  for (const auto& row : rows) text += results::json_line(row);
  return text;
}

/// \throws SetupError naming the line of a row that no run has written.
void check_rows(const fs::path& path, const std::vector<ordered_json>& rows) {
  constexpr size_t kFirstLine = 2;  // behind the header
  for (size_t i = 0; i < rows.size(); ++i) {
    for (const auto* const name : {"response", "error"}) {
      const auto field = rows[i].find(name);
      if (field != rows[i].end() && field->is_string()) continue;
      model::fail(path.string(), ":", i + kFirstLine, ": a row has no text '", name, "'");
    }
  }
}

results::RunLog open_samples(const fs::path& path, const ordered_json& header) {
  std::vector<ordered_json> good;
  ordered_json kept_header;
  {
    results::RunLog log(path, header);
    kept_header = log.found().header;
    if (const auto& torn = log.found().torn) {
      model::complain("mono-eval: {}:{}: {} bytes of a row that a killed run left are cut off\n",
                      path.string(), torn->line, torn->bytes);
    }
    check_rows(path, log.found().rows);
    for (const auto& row : log.found().rows) {
      if (!has_error(row)) good.push_back(row);
    }
    if (good.size() == log.found().rows.size()) return log;
  }
  results::write_file_atomically(path, samples_text(kept_header, good));
  return {path, header};
}

void check_log(const model::AdapterInfo& info, const TaskPlan& plan, const fs::path& folder) {
  const auto path = folder / kSamplesFile;
  if (fs::exists(path)) results::check_run_log(path, samples_header(info, plan));
}

}  // namespace mono::evaluator
