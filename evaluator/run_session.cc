#include "evaluator/run_session.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <utility>

#include "evaluator/environment.h"
#include "evaluator/task_extras.h"
#include "model/json_text.h"
#include "results/schema.h"
#include "results/summary.h"

namespace mono::evaluator {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

namespace {

constexpr const char* kLockFile = ".lock";
constexpr const char* kResultsFile = "results.json";
constexpr const char* kEnvironmentFile = "environment.json";

/// The parts of results.json that hold something of each task by its label.
constexpr const char* kByTask[] = {"results", "group_subtasks",   "configs",  "versions",
                                   "n-shot",  "higher_is_better", "n-samples"};

double unix_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

/// The file as JSON; null where it is not there.
ordered_json read_json(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return nullptr;
  auto json =
      model::json_or_discarded<ordered_json>(std::string(std::istreambuf_iterator<char>(file), {}));
  if (!json.is_object()) {
    model::fail(path.string(), ": no JSON object; remove it or choose another output path");
  }
  return json;
}

std::string holder(const fs::path& lock) {
  std::ifstream file(lock);
  std::string process;
  std::getline(file, process);
  return process.empty() ? "" : " (process " + process + ")";
}

void write_json(const fs::path& path, const ordered_json& json) {
  results::write_file_atomically(path, model::printed_json(json) + "\n");
}

bool is_list_of_objects(const ordered_json& json) {
  return json.is_array() && std::all_of(json.begin(), json.end(),
                                        [](const auto& element) { return element.is_object(); });
}

/// An environment in which no task was asked yet.
ordered_json without_data(ordered_json environment) {
  environment["data"] = ordered_json::object();
  return environment;
}

/// Takes a task out of all environments, and those out in which nothing else was asked.
void forget_task(const std::string& label, ordered_json& environments) {
  auto kept = ordered_json::array();
  for (auto& environment : environments) {
    auto& tasks = environment["data"];
    const bool had_it = tasks.is_object() && tasks.erase(label) > 0;
    if (!had_it || !tasks.empty()) kept.push_back(std::move(environment));
  }
  environments = std::move(kept);
}

}  // namespace

RunSession::RunSession(fs::path folder, std::string model, std::vector<TaskPlan> plans,
                       std::optional<int> limit)
    : folder_(std::move(folder)),
      model_(std::move(model)),
      plans_(std::move(plans)),
      limit_(limit),
      start_seconds_(unix_seconds()) {
  take_folder();
}

void RunSession::take_folder() {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) model::fail(folder_.string(), ": cannot make the folder: ", error.message());
  const auto path = folder_ / kLockFile;
  lock_ = results::FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock_.is_open()) results::fail_with_errno(path, "cannot open");
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) results::fail_with_errno(path, "cannot lock");
    model::fail(folder_.string(), ": another process", holder(path), " is writing this run");
  }
  if (::ftruncate(lock_.get(), 0) != 0) results::fail_with_errno(path, "cannot write");
  results::write_all(lock_.get(), std::to_string(::getpid()) + "\n", path);
}

void RunSession::begin(const model::AdapterInfo& info) {
  info_ = info;
  if (has_begun_) return;
  has_begun_ = true;
  read_earlier_results();
  environment_ = run_environment(model_, info_, plans_);
  store({});
}

void RunSession::read_earlier_results() {
  const auto path = folder_ / kResultsFile;
  earlier_ = read_json(path);
  if (earlier_.is_null()) return;
  if (!earlier_.contains("ext")) {
    model::fail(path.string(), ": results of another program; choose another output path");
  }
  results::check_schema(earlier_["ext"], "mono-eval.results", path.string());
  auto& tasks = earlier_["ext"]["tasks"];
  bool is_whole = tasks.is_object() && earlier_.contains("config");
  for (const auto* const part : kByTask) is_whole &= earlier_[part].is_object();
  if (!is_whole) model::fail(path.string(), ": parts are missing; choose another output path");
  for (const auto& plan : plans_) {
    tasks.erase(task_label(plan));
    for (const auto* const part : kByTask) earlier_[part].erase(task_label(plan));
  }
  const auto& sha = earlier_["config"]["model_sha"];
  if (tasks.empty() || sha.is_null() || sha == info_.fingerprint) return;
  model::fail(path.string(), ": holds tasks of another checkpoint: 'model_sha' is ", sha.dump(),
              ", this run's is \"", info_.fingerprint, "\"; choose another output path");
}

void RunSession::record_environment(const TaskPlan& plan, bool starts_over) {
  const auto path = folder_ / kEnvironmentFile;
  auto file = read_json(path);
  if (file.is_null()) {
    file = {{"schema", "mono-eval.environment"},
            {"schema_version", results::kSchemaVersion},
            {"environments", ordered_json::array()}};
  }
  results::check_schema(file, "mono-eval.environment", path.string());
  auto& environments = file["environments"];
  if (!is_list_of_objects(environments)) {
    model::fail(path.string(), ": expected 'environments', a list of objects");
  }
  const auto label = task_label(plan);
  if (starts_over) forget_task(label, environments);
  const bool is_last =
      !environments.empty() && without_data(environments.back()) == without_data(environment_);
  if (!is_last) environments.push_back(without_data(environment_));
  environments.back()["data"][label] = environment_["data"][label];
  write_json(path, file);
}

void RunSession::store(const std::vector<RunResult>& results) {
  for (const auto& result : results) {
    const auto label = task_label(result.plan);
    if (result.model == model_ && !finished_.contains(label)) {
      finished_[label] = finished_task_json(result, folder_);
    }
  }
  write_json(folder_ / kResultsFile, document(results));
}

ordered_json RunSession::document(const std::vector<RunResult>& results) const {
  auto run = run_summary(results, model_);
  run.model_kind = info_.kind;
  run.model_sha = info_.fingerprint;
  run.git_hash = git_commit();
  run.environment = environment_text(environment_);
  run.start_seconds = start_seconds_;
  run.total_seconds = unix_seconds() - start_seconds_;
  if (limit_) run.limit = *limit_;
  if (environment_["device"].is_object()) run.device = environment_["device"]["name"];
  run.is_complete = run.tasks.size() == plans_.size();
  auto json = results::results_json(run);
  auto& tasks = json["ext"]["tasks"];
  for (const auto& plan : plans_) {
    if (!tasks.contains(task_label(plan))) tasks[task_label(plan)] = planned_task_json(plan);
  }
  for (const auto& [label, about] : finished_) tasks[label].update(about);
  if (earlier_.is_null()) return json;
  for (const auto* const part : kByTask) json[part].update(earlier_[part]);
  tasks.update(earlier_["ext"]["tasks"]);
  for (const auto& [label, about] : tasks.items()) {
    if (about["status"] != "complete") json["ext"]["status"] = "partial";
  }
  return json;
}

}  // namespace mono::evaluator
