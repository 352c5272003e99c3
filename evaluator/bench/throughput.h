#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "evaluator/bench/latency.h"

namespace mono::bench {

struct ThroughputOptions {
  int64_t num_items = 64;
  int64_t num_alone = 16;  // at most num_items
  int64_t num_tiles = 7;
  int64_t num_text_tokens = 64;
  int new_tokens = 10;
  int batch = 64;  // answers in the making at a time
  int repetitions = 3;
};

/// Seconds an item of one repetition.
struct ItemTimes {
  double alone = 0;     // Engine::generate, one request after the other
  double together = 0;  // Engine::answer of all requests
};

struct ThroughputRow {
  size_t contender = 0;
  std::vector<ItemTimes> times{};
  double same_answers = 0;  // of those asked alone, the share that said the same together
};

/// Times each contender with requests on 16 pictures in turns, together and alone in turns. No
/// prefix is shared, no answer ends early.
/// \throws SetupError if a deterministic contender says something else together than alone.
std::vector<ThroughputRow> measure_throughput(const std::vector<Contender>& contenders,
                                              const ThroughputOptions& options);

std::string throughput_table(const std::vector<Contender>& contenders,
                             const std::vector<ThroughputRow>& rows);
nlohmann::ordered_json throughput_json(const std::vector<Contender>& contenders,
                                       const std::vector<ThroughputRow>& rows);

}  // namespace mono::bench
