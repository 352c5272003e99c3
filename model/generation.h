#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/adapter.h"
#include "model/logits_rules.h"
#include "model/outlook.h"
#include "model/sampler.h"

/// Choosing tokens from logits, one request at a time. Free of Torch: the model is behind
/// `Sequence`.
namespace mono::model {

enum class StopReason { kStopToken, kLength };

/// What was generated. Seconds are wall-clock, read after the device is synchronised.
struct Generation {
  std::vector<int64_t> token_ids{};  // without the prompt, with the stop token
  StopReason stop = StopReason::kLength;
  double wait_seconds = 0;     // from the call to the prefill, where others are answered beside it
  double prefill_seconds = 0;  // from there to the logits of the last prompt position
  double decode_seconds = 0;   // the rest
  /// CPU time of the process from the call to these logits, and to the end.
  double first_token_cpu_seconds = 0;
  double cpu_seconds = 0;
};

/// The name `Response::stop` has for it: "stop_token" or "length".
const char* name_of(StopReason stop);

/// A prompt that was read and can be continued token by token.
class Sequence {
 public:
  virtual ~Sequence() = default;

  /// Reads one more token.
  /// \returns the logits after it, fp32 [vocab_size].
  virtual std::vector<float> feed(int64_t token_id) = 0;

  /// Reads one more token and chooses the next: the largest logit's, of equal ones the lowest.
  /// \param outlook  whether the token that is chosen will be fed to this function next
  /// \throws SetupError for logits that are not numbers.
  virtual int64_t feed_and_choose(int64_t token_id, Outlook outlook);

  /// An independent copy at the same place.
  virtual std::unique_ptr<Sequence> fork() const = 0;
};

/// Continues `sequence` until a stop id or `decoding.max_new_tokens`: greedy, sampling or beams, as
/// `decoding` asks.
///
/// \param logits    fp32 [vocab_size], after the last prompt position.
/// \param stop_ids  ids that end the answer; the one met is part of it.
/// \param bos_id    counts as generated for the repetition penalty, as in Transformers 4.37.2,
///                  whose id sequence starts with it when a model generates from embeddings.
/// \throws UsageError for settings outside their range; SetupError for logits that are not numbers.
Generation continue_sequence(std::unique_ptr<Sequence> sequence, std::vector<float> logits,
                             const Decoding& decoding, std::span<const int64_t> stop_ids,
                             int64_t bos_id);

/// One answer in the making: takes the logits of each step and chooses. Not for beams.
class Continuation {
 public:
  /// \throws UsageError for settings outside their range, or num_beams above 1.
  Continuation(const Decoding& decoding, std::vector<int64_t> stop_ids, int64_t bos_id);

  /// Chooses the next token from the logits after the last one.
  /// \param logits  [vocab_size]; changed in place by the rules of the settings.
  /// \returns       whether another token is wanted after this one.
  /// \throws SetupError for logits that are not numbers.
  bool take(std::span<float> logits);

  /// Whether the next token is the largest logit's, whatever the others are, so that it may be
  /// chosen where the logits are. Once so, it stays so.
  bool takes_largest() const;

  /// Whether another token will be wanted behind the next one. A stop id may come at any time, but
  /// an answer that is no short one is long.
  Outlook outlook() const;

  /// Takes the token of the largest logit.
  /// \returns whether another token is wanted after this one.
  bool take_largest(int64_t token_id);

  /// What was chosen so far; complete once `take` returned false.
  const Generation& generation() const { return generation_; }

 private:
  bool append(int64_t token_id);

  Decoding decoding_;
  std::vector<int64_t> stop_ids_;
  LogitsRules rules_;
  Random random_;
  Generation generation_{};
};

/// Checks the settings alone, so that a request fails before its prompt is read.
/// \throws UsageError naming the setting, its range and its value.
void check_decoding(const Decoding& decoding);

}  // namespace mono::model
