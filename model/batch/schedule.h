#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "model/batch/prefix_groups.h"

/// In which order prompts are read and answers continued. Free of Torch.
namespace mono::model {

struct ScheduleOptions {
  int max_sequences = 16;             // answers in the making at a time
  int64_t max_prefill_tokens = 8192;  // of one pass; a longer prompt is read alone
};

/// Tokens [begin, end) of a prompt, to be read in one pass.
struct PromptPiece {
  size_t prompt = 0;  // whose tokens
  int64_t begin = 0;  // > 0 where they follow the group's shared prefix
  int64_t end = 0;
  size_t group = 0;
  bool is_shared = false;  // a prefix that others follow: no answer begins here
};

/// What one pass computes: either pieces of prompts, or the next token of answers in the making.
struct Step {
  std::vector<PromptPiece> pieces{};
  std::vector<size_t> continued{};  // prompts, in the order in which their answers began
};

/// Plans pass after pass: prompts are read as soon as there is room for their answers, packed up to
/// the token budget; otherwise all answers in the making get their next token. A shared prefix is
/// read once, in a pass before the first prompt that follows it. Where answers are made one at a
/// time, nothing is read beside one.
class Schedule {
 public:
  /// \param prompt_lengths  [num_prompts]; tokens of each
  /// \throws UsageError for an option below 1.
  Schedule(std::span<const PrefixGroup> groups, std::span<const int64_t> prompt_lengths,
           const ScheduleOptions& options);

  /// The next pass. Its answers must be reported with `finish` before the next call.
  Step next();

  /// An answer is complete and leaves its place.
  void finish(size_t prompt);

  /// Takes pieces back that did not fit the memory: several for smaller passes, the end of a prompt
  /// for when an answer in the making has left its place.
  /// \returns false where neither can help: a prefix, or one piece while nothing is in the making.
  bool put_back(const std::vector<PromptPiece>& pieces);

  /// Takes back a piece that did not fit the memory while nothing else was in the making, for when
  /// fewer answers at a time have left more of it.
  /// \param max_sequences  of them at most, from now on
  void try_again(const PromptPiece& piece, int max_sequences);

  /// The members of a group are read whole from now on.
  void unshare(size_t group);

  /// Whether a prompt, or part of one, has not been read yet.
  bool has_waiting() const { return !waiting_.empty(); }

  bool is_done() const { return waiting_.empty() && running_.empty(); }

 private:
  ScheduleOptions options_;
  std::deque<PromptPiece> waiting_{};
  std::vector<size_t> running_{};
};

}  // namespace mono::model
