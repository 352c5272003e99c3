#pragma once

#include <cstdint>
#include <vector>

#include "evaluator/bench/card_state.h"
#include "evaluator/bench/contender.h"
#include "evaluator/bench/floor.h"

namespace mono::bench {

struct LatencyOptions {
  std::vector<int64_t> tile_counts{1, 3, 7, 13};
  int64_t num_text_tokens = 64;
  std::vector<int64_t> totals{};      // tokens of whole prompts, see shape_of_total
  std::vector<int> concurrencies{1};  // requests asked at once
  int new_tokens = 8;                 // of which the first comes from the prefill
  int repetitions = 20;               // fewer than kLeastForInterval give no interval
};

/// A prompt of `total` tokens as the paper's: 256 of text (published_latency.h), or as few more as
/// tiles leave over; all of them text where there are no more.
Shape shape_of_total(const model::ModelConfig& config, int64_t total);

/// Seconds of one repetition, read after the logits are on the host: means over what was asked at
/// once.
struct Timing {
  double first_token = 0;       // pixels and ids to the first token: no image decoding
  double per_token = 0;         // mean of the tokens after the first; 0 where there are none
  double end_to_end = 0;        // until all answers are complete
  double vision = 0;            // of the first token's, timed on its own; 0 without a picture, and
                                // where several are asked at once
  double preprocess = 0;        // an RGB picture to pixels, on the host; 0 where vision is; in no
                                // other time
  double prefill_floor = 0;     // of the machine at that moment
  double per_token_floor = 0;   // likewise, at the mean length, no prompt read meanwhile
  double end_to_end_floor = 0;  // likewise
  double vision_floor = 0;      // likewise
  double first_token_cpu = 0;   // of the process meanwhile
  double per_token_cpu = 0;     // likewise
  double end_to_end_cpu = 0;    // likewise
  double vision_cpu = 0;        // likewise
  double preprocess_cpu = 0;    // likewise
  Ceilings ceilings{};
};

/// One model, mode, shape and concurrency.
struct LatencyRow {
  size_t contender = 0;
  Shape shape{};
  int64_t num_tokens = 0;            // of the prompt
  int concurrency = 1;               // requests asked at once
  std::vector<Timing> timings{};     // [repetitions], the r-th of all rows taken in one round
  double new_shape_first_token = 0;  // of a shape nobody had asked for (unseen_shapes.h)
  std::vector<std::vector<int64_t>> answers{};  // [concurrency]; the same in every repetition
  int64_t num_as_plain = 0;  // tokens from the first on that a plain run gives too, of the answer
                             // with the fewest; set by compare_with_plain
  double most_given_up = 0;  // where an answer parts from that run's: by how much that run's logit
                             // of its own token exceeds that of the answer's, at most; likewise
  CardRanges card{};         // right behind each timed call
  Energy energy{};           // of calls in a row that are not timed

  bool has_more_tokens() const { return answers.front().size() > 1; }
  bool has_vision() const { return concurrency == 1 && shape.num_tiles > 0; }
};

inline constexpr int64_t kNumLatencyPictures =
    4;  // different ones; more requests take them in turns

/// What is to be measured, nothing of it yet: for each shape and concurrency every contender.
std::vector<LatencyRow> latency_rows(const std::vector<Contender>& contenders,
                                     const LatencyOptions& options);

}  // namespace mono::bench
