#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/adapter.h"

/// What is done to the logits of one step and how a token is taken from them. Free of Torch.
namespace mono::model {

/// Divides the positive and multiplies the negative logits of `ids` by `penalty`, each id once.
///
/// Formula: Keskar et al. 2019, arXiv:1909.05858, section 4.1, with the sign rule of
/// huggingface/transformers v4.37.2, generation/logits_process.py.
void penalise_repetition(std::span<float> logits, std::span<const int64_t> ids, double penalty);

/// Sets the logits of `ids` to minus infinity.
void forbid(std::span<float> logits, std::span<const int64_t> ids);

/// The id of the largest logit, the lowest on ties.
/// \throws SetupError if a logit is not a number or there is none.
int64_t best_token(std::span<const float> logits);

/// SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2714064.2660195): the same numbers on every
/// machine.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next();

  /// Uniform in [0, 1): the upper 53 bits of `next()` over 2^53.
  double uniform();

 private:
  uint64_t state_;
};

/// The distribution a token is drawn from: logits / temperature; then the top_k largest and those
/// equal to the least of them; then the fewest of the most likely whose probabilities come to
/// top_p (of equal ones the lower ids first); softmax of what is left.
///
/// Order and rules: huggingface/transformers v4.37.2, generation/logits_process.py.
/// \returns probabilities in double, [vocab_size], summing to 1.
/// \throws SetupError if a logit is not a number or every token is forbidden.
std::vector<double> sampling_probabilities(std::span<const float> logits, const Decoding& decoding);

/// Draws by the inverse of the distribution function over ascending ids, one `uniform()` a token.
int64_t draw_token(std::span<const double> probabilities, Random& random);

}  // namespace mono::model
