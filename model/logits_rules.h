#pragma once

#include <span>
#include <vector>

#include "model/adapter.h"

namespace mono::model {

/// What a request changes in the logits of each step before a token is chosen: the repetition
/// penalty over `bos_id` and the new ids, then no stop id before `min_new_tokens`.
class LogitsRules {
 public:
  LogitsRules(const Decoding& decoding, std::span<const int64_t> stop_ids, int64_t bos_id);

  /// \param logits     [vocab_size], changed in place.
  /// \param token_ids  what was generated so far.
  void apply(std::span<float> logits, std::span<const int64_t> token_ids) const;

  /// Whether `apply` may change anything.
  bool change(std::span<const int64_t> token_ids) const;

 private:
  double repetition_penalty_;
  size_t min_new_tokens_;
  std::vector<int64_t> stop_ids_;
  int64_t bos_id_;
};

}  // namespace mono::model
