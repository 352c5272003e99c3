#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "model/adapter.h"
#include "tasks/task.h"

namespace mono::evaluator {

/// A request as the `prompt` verb prints it and the samples file stores it: ordered parts, final
/// question, pictures with their limits, generation settings.
nlohmann::ordered_json request_json(const model::Request& request);

/// One line of the samples file: what was asked, what came back, hashes of every step; no times.
nlohmann::ordered_json sample_json(const tasks::Sample& sample, const model::Request& request,
                                   const model::Response& response);

/// The verdict, as stored in a finished samples file; null for a row without one.
nlohmann::ordered_json score_json(const tasks::Row& row);

/// The wall time that one answer took of a run.
struct WorkTime {
  double wall_seconds = 0;   // since the answer before it, or the beginning of its call
  int64_t call = 0;          // which call of the adapter it came from, counted over all starts
  int64_t rows_in_call = 0;  // how many were asked in it
  std::string pace{};        // as in AdapterInfo
};

/// One line of timings.jsonl, joined to the samples file by `id`. `work` is left out where nothing
/// is computed.
nlohmann::ordered_json timing_json(const std::string& id, const model::Response& response,
                                   const WorkTime& work);

}  // namespace mono::evaluator
