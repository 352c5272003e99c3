#include "evaluator/run_task.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <unordered_map>

#include "evaluator/exit_code.h"
#include "evaluator/record.h"
#include "results/file.h"
#include "results/json_lines.h"
#include "results/run_log.h"

namespace mono::evaluator {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

namespace {

constexpr int kSchemaVersion = 1;
constexpr const char* kSamplesFile = "samples.jsonl";
constexpr const char* kTimingsFile = "timings.jsonl";

/// What must not change within one samples file.
ordered_json header_of(const model::AdapterInfo& info, const TaskPlan& plan) {
  ordered_json header = {{"schema", "mono-eval.samples"},
                         {"schema_version", kSchemaVersion},
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

std::string lines_of(const ordered_json& header, const std::vector<ordered_json>& rows) {
  std::string text = results::json_line({{"header", header}});
  for (const auto& row : rows) text += results::json_line(row);
  return text;
}

/// Opens the log; rows that failed in an earlier run are taken out first, so that they are asked
/// again.
results::RunLog open_log(const fs::path& path, const ordered_json& header) {
  std::vector<ordered_json> good;
  {
    results::RunLog log(path, header);
    for (const auto& row : log.found().rows) {
      if (!has_error(row)) good.push_back(row);
    }
    if (good.size() == log.found().rows.size()) return log;
  }
  results::write_file_atomically(path, lines_of(header, good));
  return {path, header};
}

/// Times of the rows asked, one JSON line each; a torn last line is cut off when it is opened.
class TimingsLog {
 public:
  explicit TimingsLog(fs::path path) : path_(std::move(path)) {
    if (fs::exists(path_)) {
      const auto torn = results::for_each_json_line(path_, results::LastLine::kMayBeTorn,
                                                    [](int, const ordered_json&) {});
      if (torn) fs::resize_file(path_, static_cast<uintmax_t>(torn->offset));
    }
    file_.open(path_, std::ios::app);
  }

  void append(const ordered_json& row) {
    file_ << results::json_line(row) << std::flush;
    if (!file_) results::fail_with_errno(path_, "cannot write");
  }

 private:
  fs::path path_;
  std::ofstream file_;
};

model::Request request_or_error(const TaskPlan& plan, const tasks::Sample& sample,
                                std::string& error) {
  try {
    auto request = plan.task->request(sample, *plan.profile, plan.registration);
    if (plan.max_new_tokens > 0) {
      auto& limit = request.decoding.max_new_tokens;
      limit = std::min(limit, plan.max_new_tokens);
    }
    return request;
  } catch (const model::SetupError& cause) {
    error = cause.what();
    return {.id = sample.id};
  }
}

ordered_json ask(model::ModelAdapter& adapter, const TaskPlan& plan, const tasks::Sample& sample,
                 TimingsLog& timings) {
  model::Response response{.error = sample.fault};
  model::Request request{.id = sample.id};
  if (response.error.empty()) request = request_or_error(plan, sample, response.error);
  if (response.error.empty()) {
    response = adapter.answer({&request, 1}).at(0);
    if (!response.error.empty()) {
      response.error = plan.data_file + ": row '" + sample.id + "': " + response.error;
    }
    timings.append(timing_json(sample.id, response));
  }
  return sample_json(sample, request, response);
}

/// Scores the rows of this run, which `stored` begins with, and writes the finished file: dataset
/// order, each row with its verdict.
void finish(const TaskPlan& plan, const ordered_json& header, const fs::path& path,
            std::vector<ordered_json>& stored, TaskOutcome& outcome) {
  if (outcome.num_failed < outcome.rows.size()) {
    tasks::score_rows(*plan.task, *plan.profile, outcome.rows);
    if (tasks::count_scored(outcome.rows) > 0) {
      outcome.metrics = plan.task->metrics(outcome.rows, *plan.profile);
    }
  }
  for (size_t i = 0; i < outcome.rows.size(); ++i) stored[i]["score"] = score_json(outcome.rows[i]);
  results::write_file_atomically(path, lines_of(header, stored));
}

}  // namespace

TaskOutcome run_task(model::ModelAdapter& adapter, const TaskPlan& plan, const fs::path& folder,
                     bool resumes, const std::string& title) {
  const auto path = folder / kSamplesFile;
  if (!resumes) {
    fs::remove(path);
    fs::remove(folder / kTimingsFile);
  }
  const auto header = header_of(adapter.info(), plan);
  auto log = open_log(path, header);
  TimingsLog timings(folder / kTimingsFile);
  std::unordered_map<std::string, ordered_json> earlier;
  for (const auto& row : log.found().rows) earlier.emplace(row.at("id").get<std::string>(), row);

  TaskOutcome outcome;
  std::vector<ordered_json> stored;
  size_t already_done = 0;
  for (const auto& sample : plan.samples) already_done += earlier.contains(sample->id) ? 1 : 0;
  Progress progress(title, plan.samples.size(), already_done);
  for (const auto& sample : plan.samples) {
    auto found = earlier.find(sample->id);
    const bool is_known = found != earlier.end();
    if (!is_known) {
      if (stop_requested()) {
        progress.finish();
        return outcome;
      }
      stored.push_back(ask(adapter, plan, *sample, timings));
      log.append(stored.back());
      ++outcome.num_asked;
    } else {
      stored.push_back(std::move(found->second));
      earlier.erase(found);
    }
    const auto& row = stored.back();
    outcome.rows.push_back({.sample = sample,
                            .response = row.at("response").get<std::string>(),
                            .error = row.at("error").get<std::string>()});
    if (has_error(row)) ++outcome.num_failed;
    if (!is_known) progress.advance(has_error(row));
  }
  progress.finish();
  outcome.is_complete = true;
  // Rows of an earlier run with a larger limit are kept, behind this run's and without a verdict.
  for (const auto& row : log.found().rows) {
    const auto id = row.at("id").get<std::string>();
    if (!earlier.contains(id)) continue;
    stored.push_back(row);
    stored.back()["score"] = nullptr;
  }
  finish(plan, header, path, stored, outcome);
  return outcome;
}

}  // namespace mono::evaluator
