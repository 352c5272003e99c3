#pragma once

#include <cstdint>
#include <optional>
#include <span>

/// The rules of token_rows.h for one row, on the host and without Torch: the fallback, and what the
/// kernels are checked against.
namespace mono::kernels {

/// One row's part of TokenRows.
struct TokenRow {
  int32_t* token = nullptr;
  std::span<int32_t> generated{};  // [capacity]
  int32_t* num_new = nullptr;
  int32_t max_new = 0;
  int32_t* status = nullptr;
  std::span<const int32_t> stop_ids{};
  int32_t min_new = 0;
  int32_t* position = nullptr;  // or null, as the following
  int32_t* length = nullptr;
  float penalty = 1;
  std::span<int32_t> seen{};  // empty where there is none
};

/// One row's part of SamplingRules.
struct SamplingRule {
  float temperature = 1;
  int32_t top_k = 0;
  double top_p = 1;
  uint64_t seed = 0;
};

/// Penalises repeated ids and forbids stop ids, in place.
void apply_rules(const TokenRow& row, std::span<float> logits);

/// The id of the largest logit, the lowest of equal ones; nothing where none is a number.
std::optional<int32_t> largest_logit(std::span<const float> logits);

/// The id drawn by `uniform` in [0, 1); nothing where the largest logit is infinite or none is a
/// number.
/// \param logits  after `apply_rules`; changed.
std::optional<int32_t> drawn_token(std::span<float> logits, const SamplingRule& rule,
                                   double uniform);

/// Writes what follows from the token, or from there being none.
void take_token(const TokenRow& row, std::optional<int32_t> token);

}  // namespace mono::kernels
