#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "evaluator/bench/answers.h"
#include "evaluator/bench/card_state.h"
#include "evaluator/bench/contender.h"
#include "evaluator/bench/floor.h"
#include "model/stopwatch.h"

namespace mono::bench {

struct ThroughputOptions {
  int64_t num_items = 64;
  int64_t num_alone = 16;  // at most num_items
  int64_t num_tiles = 7;
  int64_t num_text_tokens = 64;
  int new_tokens = 10;
  int batch = 64;       // answers in the making at a time
  int repetitions = 7;  // fewer than kLeastForInterval give no interval
};

/// What an item took in one repetition.
struct ItemTimes {
  model::Spent alone{};       // Engine::generate, one request after the other
  model::Spent together{};    // Engine::answer of all requests
  double alone_floor = 0;     // of the machine at that moment
  double together_floor = 0;  // likewise: every weight read once for all prompts, and for as many
                              // tokens at a time as answers are in the making
  Ceilings ceilings{};
};

struct ThroughputRow {
  size_t contender = 0;
  std::vector<ItemTimes> times{};  // [repetitions], the r-th of all rows taken in one round
  double same_answers = 0;         // of those asked alone, the share that said the same together
  Answers alone{};                 // to the first of the requests, each asked alone
  Answers together{};              // to all requests
  CardRanges card{};               // right behind the requests of each repetition
  Energy energy_alone{};
  Energy energy_together{};
};

/// Times contenders with requests on 16 pictures in turns, together and alone. No prefix is shared,
/// no answer ends early. Each round begins with another contender than the last, and with the other
/// way of asking; take_rounds (rounds.h) says when there are fewer than asked for.
/// \throws std::runtime_error if a deterministic contender says something else together than alone,
/// or in a later round.
std::vector<ThroughputRow> measure_throughput(const std::vector<Contender>& contenders,
                                              const ThroughputOptions& options);

/// Answers a second with 95 % intervals, shares of the floor, and for each mode the ratio of every
/// model to the first one, paired by round.
std::string throughput_table(const std::vector<Contender>& contenders,
                             const std::vector<ThroughputRow>& rows);

/// google/benchmark's JSON shape: milliseconds an item, alone and together.
/// \param contenders  at least one
nlohmann::ordered_json throughput_json(const std::vector<Contender>& contenders,
                                       const std::vector<ThroughputRow>& rows);

}  // namespace mono::bench
