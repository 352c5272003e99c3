#include "kernels/token_choice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "kernels/row_status.h"

namespace mono::kernels {
namespace {

constexpr float kForbidden = -std::numeric_limits<float>::infinity();
constexpr double kWeightOne = 2147483648.0;  // 2^31

bool is_stop(const TokenRow& row, int32_t id) {
  return std::find(row.stop_ids.begin(), row.stop_ids.end(), id) != row.stop_ids.end();
}

bool is_seen(const TokenRow& row, size_t id) {
  return !row.seen.empty() && (static_cast<uint32_t>(row.seen[id / 32]) >> (id % 32) & 1U) != 0;
}

float least_kept(std::span<const float> x, int32_t top_k) {
  if (top_k <= 0 || static_cast<size_t>(top_k) >= x.size()) return kForbidden;
  std::vector<float> sorted(x.begin(), x.end());
  std::nth_element(sorted.begin(), sorted.begin() + (top_k - 1), sorted.end(), std::greater<>());
  return sorted[static_cast<size_t>(top_k - 1)];
}

// Sets weights to 0 from the least likely up while what was set so stays within (1 - top_p) total.
void keep_top_p(std::span<const float> x, double top_p, std::vector<uint32_t>& weights) {
  if (top_p >= 1) return;
  const auto total = std::accumulate(weights.begin(), weights.end(), uint64_t{0});
  const auto limit = static_cast<uint64_t>((1 - top_p) * static_cast<double>(total));
  std::vector<size_t> ascending(x.size());
  std::iota(ascending.begin(), ascending.end(), size_t{0});
  std::sort(ascending.begin(), ascending.end(),
            [&](size_t a, size_t b) { return x[a] != x[b] ? x[a] < x[b] : a > b; });
  ascending.pop_back();  // the most likely one stays
  uint64_t sum = 0;
  for (const size_t id : ascending) {
    sum += weights[id];
    if (sum > limit) return;
    weights[id] = 0;
  }
}

}  // namespace

void apply_rules(const TokenRow& row, std::span<float> logits) {
  const bool forbids_stop = *row.num_new < row.min_new;
  for (size_t id = 0; id < logits.size(); ++id) {
    float& logit = logits[id];
    if (row.penalty != 1 && is_seen(row, id)) {
      logit = logit < 0 ? logit * row.penalty : logit / row.penalty;
    }
    if (forbids_stop && is_stop(row, static_cast<int32_t>(id))) logit = kForbidden;
  }
}

std::optional<int32_t> largest_logit(std::span<const float> logits) {
  std::optional<size_t> best;
  for (size_t id = 0; id < logits.size(); ++id) {
    if (std::isnan(logits[id])) continue;
    if (!best || logits[id] > logits[*best]) best = id;
  }
  return best ? std::optional(static_cast<int32_t>(*best)) : std::nullopt;
}

std::optional<int32_t> drawn_token(std::span<float> x, const SamplingRule& rule, double uniform) {
  for (float& value : x) {
    value /= rule.temperature;
    if (std::isnan(value)) value = kForbidden;
  }
  const float largest = *std::max_element(x.begin(), x.end());
  if (std::isinf(largest)) return std::nullopt;
  const float least = least_kept(x, rule.top_k);
  std::vector<uint32_t> weights(x.size());
  for (size_t id = 0; id < x.size(); ++id) {
    const double exponent = static_cast<double>(x[id]) - static_cast<double>(largest);
    if (x[id] >= least) {
      weights[id] = static_cast<uint32_t>(std::floor(std::exp(exponent) * kWeightOne + 0.5));
    }
  }
  keep_top_p(x, rule.top_p, weights);
  const auto total = std::accumulate(weights.begin(), weights.end(), uint64_t{0});
  const auto target = static_cast<uint64_t>(uniform * static_cast<double>(total));
  uint64_t sum = 0;
  size_t id = 0;
  while ((sum += weights[id]) <= target) ++id;
  return static_cast<int32_t>(id);
}

void take_token(const TokenRow& row, std::optional<int32_t> token) {
  if (!token) {
    *row.status = static_cast<int32_t>(RowStatus::kNoNumber);
    return;
  }
  *row.token = *token;
  row.generated[static_cast<size_t>(*row.num_new)] = *token;
  ++*row.num_new;
  for (int32_t* const counter : {row.position, row.length}) {
    if (counter != nullptr) ++*counter;
  }
  if (!row.seen.empty()) {
    int32_t& word = row.seen[static_cast<size_t>(*token) / 32];
    word = static_cast<int32_t>(static_cast<uint32_t>(word) | 1U << (*token % 32));
  }
  if (is_stop(row, *token)) {
    *row.status = static_cast<int32_t>(RowStatus::kStopToken);
  } else if (*row.num_new >= row.max_new) {
    *row.status = static_cast<int32_t>(RowStatus::kLength);
  }
}

}  // namespace mono::kernels
