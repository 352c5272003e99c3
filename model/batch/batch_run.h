#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/batch/prefix_groups.h"
#include "model/batch/schedule.h"
#include "model/engine.h"
#include "model/model.h"
#include "model/stopwatch.h"

namespace mono::model {

/// One batch on its way through the model: what `Engine::answer` does, for requests that are sound
/// and have one beam.
class BatchRun {
 public:
  /// \param indices  positions of the requests to answer, as `on_answer` names them; some may be
  ///                 refused at once, for want of memory.
  BatchRun(const Model& model, std::span<const EngineRequest> requests, std::vector<size_t> indices,
           const BatchOptions& options, const OnAnswer& on_answer, const LogitsSink& on_logits);

  void operator()();

 private:
  /// An answer in the making.
  struct Running {
    std::optional<DecoderState> state{};  // until it lies in the batch, where there is one
    int slot = 0;                         // of the batch
    Continuation continuation;
    double prefill_start = 0;  // of its last piece's pass, seconds from the call
    Spent to_first{};          // from the call to the logits behind the prompt
  };

  /// What a group's members follow, kept until the last of them has begun.
  struct Prefix {
    DecoderState state;
    size_t num_waiting = 0;
  };

  const EngineRequest& request(size_t prompt) const { return requests_[indices_[prompt]]; }
  int64_t capacity(size_t prompt) const;
  int64_t num_positions(size_t group) const;

  /// What a pass over pieces of prompts gave.
  struct PiecesRead {
    std::vector<DecoderState> states{};  // of each piece
    at::Tensor logits{};                 // on the host, one row for each piece that ends a prompt
    double start = 0;                    // seconds from the call
    Spent to_first{};
  };

  /// What follows each of several answers: choices, or logits where somebody wants to see them.
  struct NextTokens {
    std::vector<NextChoice> choices{};
    at::Tensor logits{};
  };

  // These change nothing that a second try would miss.
  PiecesRead read(const std::vector<PromptPiece>& pieces) const;
  bool read_recorded(const std::vector<PromptPiece>& pieces, PiecesRead& into) const;
  NextTokens next_by_passes(std::span<const size_t> prompts);
  NextTokens next_in_batch(std::span<const size_t> prompts);

  void begin_answers(const std::vector<PromptPiece>& pieces, PiecesRead& of);
  void continue_all(std::span<const size_t> prompts);
  void take_all(std::span<const size_t> prompts, NextTokens& next);
  bool takes(int num_slots, int64_t most_tokens);
  void take_batch(ScheduleOptions& options);
  void take_smaller_batch();
  bool take_own_slot(const PromptPiece& piece);
  size_t longest_prompt() const;
  static EngineAnswer no_memory_for(const EngineRequest& request);
  DecoderState state_for(const PromptPiece& piece) const;
  void release_prefix(size_t group);
  at::Tensor visual_of(const std::vector<PromptPiece>& pieces) const;
  void take(size_t prompt, Running& running, std::span<float> logits);
  void take_largest(size_t prompt, Running& running, const NextChoice& choice);
  void refuse(size_t prompt, const std::string& why);
  void make_do(const PromptPiece& piece);
  void refuse_unread(const PromptPiece& piece);
  void end(size_t prompt, const Running& running);
  void finish(size_t prompt, EngineAnswer answer);

  const Model& model_;
  std::span<const EngineRequest> requests_;
  std::vector<size_t> indices_;
  const OnAnswer& on_answer_;
  const LogitsSink& on_logits_;
  const Stopwatch watch_{};
  std::vector<PrefixGroup> groups_{};
  std::optional<Schedule> schedule_{};
  int num_slots_ = 0;             // asked for
  bool takes_own_slots_ = false;  // each answer its own, one after the other
  DecodeBatches::Lease batch_{};  // null between own slots, and where the model's passes continue
                                  // answers
  std::map<size_t, Running> running_{};  // by prompt
  std::map<size_t, Prefix> prefixes_{};  // by group
};

}  // namespace mono::model
