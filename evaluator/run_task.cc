#include "evaluator/run_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <span>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "evaluator/asking_order.h"
#include "evaluator/call.h"
#include "evaluator/exit_code.h"
#include "evaluator/record.h"
#include "evaluator/source_digests.h"
#include "evaluator/task_log.h"
#include "results/file.h"
#include "results/run_log.h"
#include "results/timings_log.h"

namespace mono::evaluator {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kTimingsFile = "timings.jsonl";

/// Thrown behind a row that is kept, where a signal asks the run to stop: what the adapter has not
/// answered yet is asked when the run is resumed.
struct Interrupted {};

/// Asks samples and keeps what comes back, in the files and here.
class Asking {
 public:
  Asking(model::ModelAdapter& adapter, const TaskPlan& plan, results::RunLog& log,
         results::TimingsLog& timings, Progress& progress, std::vector<ordered_json>& stored)
      : adapter_(adapter),
        plan_(plan),
        log_(log),
        timings_(timings),
        progress_(progress),
        stored_(stored),
        next_call_(timings.next_call()) {}

  /// \param next  What the call behind this one will ask; empty where there is none.
  void operator()(const Call& call, std::span<const model::Request> next) {
    for (const auto& [position, error] : call.refusals) {
      model::Response refusal;
      refusal.error = error;
      keep(position, {.id = plan_.samples[position]->id}, refusal);
    }
    const auto& requests = call.requests;
    if (requests.empty()) return;
    adapter_.announce(next);
    WorkTime work{.call = next_call_++,
                  .rows_in_call = static_cast<int64_t>(requests.size()),
                  .pace = adapter_.info().pace};
    auto begin = Clock::now();
    adapter_.answer(requests, [&](size_t i, const model::Response& response) {
      const auto end = Clock::now();
      work.wall_seconds = std::chrono::duration<double>(end - std::exchange(begin, end)).count();
      timings_.append(timing_json(requests[i].id, response, work));
      keep(call.positions[i], requests[i],
           response.error.empty() ? response : placed(requests[i], response));
    });
  }

 private:
  /// A failed response whose error says which row of which file it is about.
  model::Response placed(const model::Request& request, model::Response response) const {
    response.error = plan_.data_file + ": row '" + request.id + "': " + response.error;
    return response;
  }

  void keep(size_t position, const model::Request& request, const model::Response& response) {
    const auto& sample = *plan_.samples[position];
    stored_[position] = sample_json(sample, request, response);
    if (response.pixels_sha256.empty()) add_source_digest(sample, stored_[position]);
    log_.append(stored_[position]);
    progress_.advance(has_error(stored_[position]));
    if (stop_requested()) throw Interrupted{};
  }

  /// A row whose pictures cannot be read has failed or will: that needs no second message.
  void add_source_digest(const tasks::Sample& sample, ordered_json& row) {
    try {
      if (const auto digest = source_digests_(sample); !digest.empty()) {
        row["images_sha256"] = digest;
      }
    } catch (const model::SetupError&) {
      return;
    }
  }

  model::ModelAdapter& adapter_;
  const TaskPlan& plan_;
  results::RunLog& log_;
  results::TimingsLog& timings_;
  Progress& progress_;
  std::vector<ordered_json>& stored_;  // [num_samples], null where not answered yet
  int64_t next_call_ = 0;
  SourceDigests source_digests_{};
};

/// \returns false if a signal stopped it.
bool ask_all(Asking& ask, const TaskPlan& plan, std::span<const std::vector<size_t>> calls) {
  const auto call_at = [&](size_t i) {
    return i < calls.size() ? make_call(plan, calls[i]) : Call{};
  };
  try {
    auto next = call_at(0);
    for (size_t i = 0; i < calls.size(); ++i) {
      if (stop_requested()) return false;
      const auto call = std::exchange(next, call_at(i + 1));
      ask(call, next.requests);
    }
  } catch (const Interrupted&) {
    return false;
  }
  return true;
}

std::vector<std::string> ids_of(const std::vector<ordered_json>& rows) {
  std::vector<std::string> ids;
  ids.reserve(rows.size());
  for (const auto& row : rows) ids.push_back(row.at("id").get<std::string>());
  return ids;
}

/// Scores the rows of this run, which `stored` begins with, and writes the finished file: dataset
/// order, each row with its verdict.
void finish(const TaskPlan& plan, const ordered_json& header, const fs::path& path,
            std::vector<ordered_json>& stored, TaskOutcome& outcome) {
  if (outcome.num_failed < outcome.rows.size()) {
    tasks::score_rows(*plan.task, *plan.profile, outcome.rows,
                      plan.judge ? plan.judge->judge() : tasks::no_judge());
    if (tasks::has_counted_score(outcome.rows)) {
      outcome.metrics = plan.task->metrics(outcome.rows, *plan.profile);
    }
  }
  for (size_t i = 0; i < outcome.rows.size(); ++i) stored[i]["score"] = score_json(outcome.rows[i]);
  results::write_file_atomically(path, samples_text(header, stored));
  if (const auto file = plan.task->hand_in(outcome.rows)) {
    results::write_file_atomically(path.parent_path() / file->file_name, file->content);
  }
}

}  // namespace

TaskOutcome run_task(model::ModelAdapter& adapter, const TaskPlan& plan, const fs::path& folder,
                     bool resumes, const std::string& title,
                     const std::function<void()>& before_asking) {
  const auto path = folder / kSamplesFile;
  if (!resumes) {
    fs::remove(path);
    fs::remove(folder / kTimingsFile);
  }
  auto log = open_samples(path, samples_header(adapter.info(), plan));
  results::TimingsLog timings(folder / kTimingsFile);
  std::unordered_map<std::string, ordered_json> earlier;
  for (const auto& row : log.found().rows) earlier.emplace(row.at("id").get<std::string>(), row);

  TaskOutcome outcome;
  std::vector<ordered_json> stored(plan.samples.size());
  std::vector<bool> is_known(plan.samples.size(), false);
  for (size_t i = 0; i < plan.samples.size(); ++i) {
    const auto found = earlier.find(plan.samples[i]->id);
    if (found == earlier.end()) continue;
    is_known[i] = true;
    stored[i] = std::move(found->second);
    earlier.erase(found);
  }
  const auto calls =
      calls_to_make(asking_order(plan), std::max<size_t>(1, adapter.window()), is_known);
  const auto num_known = static_cast<size_t>(std::count(is_known.begin(), is_known.end(), true));
  Progress progress(title, plan.samples.size(), num_known);
  if (!calls.empty()) before_asking();
  Asking ask(adapter, plan, log, timings, progress, stored);
  const bool is_finished = ask_all(ask, plan, calls);
  progress.finish();
  if (!is_finished) return outcome;
  outcome.num_asked = plan.samples.size() - num_known;
  for (size_t i = 0; i < stored.size(); ++i) {
    const auto& row = stored[i];
    if (row.is_null()) model::fail("no response to sample '", plan.samples[i]->id, "'");
    outcome.rows.push_back({.sample = plan.samples[i],
                            .response = row.at("response").get<std::string>(),
                            .error = row.at("error").get<std::string>()});
    if (has_error(row)) ++outcome.num_failed;
  }
  outcome.is_complete = true;
  // Rows of an earlier run with a larger limit are kept, behind this run's and without a verdict.
  for (const auto& row : log.found().rows) {
    const auto id = row.at("id").get<std::string>();
    if (!earlier.contains(id)) continue;
    stored.push_back(row);
    stored.back()["score"] = nullptr;
  }
  finish(plan, log.found().header, path, stored, outcome);
  timings.finish(ids_of(stored));
  return outcome;
}

}  // namespace mono::evaluator
