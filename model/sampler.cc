#include "model/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

namespace mono::model {
namespace {

constexpr double kDefaultTemperature = 1;
constexpr int kDefaultTopK = 50;
constexpr double kDefaultTopP = 1;
constexpr float kForbidden = -std::numeric_limits<float>::infinity();

// Probabilities of the logits, in double.
std::vector<double> softmax(std::span<const float> logits) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  if (!std::isfinite(largest)) fail("sampling: no token is allowed or a logit is infinite");
  std::vector<double> probabilities(logits.size());
  for (size_t i = 0; i < logits.size(); ++i) {
    probabilities[i] = std::exp(static_cast<double>(logits[i]) - largest);
  }
  const double sum = std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
  for (double& probability : probabilities) probability /= sum;
  return probabilities;
}

void keep_top_k(std::vector<float>& logits, int top_k) {
  if (top_k == 0 || static_cast<size_t>(top_k) >= logits.size()) return;
  auto sorted = logits;
  const auto least = sorted.begin() + (top_k - 1);
  std::nth_element(sorted.begin(), least, sorted.end(), std::greater<>());
  for (float& logit : logits) {
    if (logit < *least) logit = kForbidden;
  }
}

// Goes up from the least likely token and drops while the sum stays at or below 1 - top_p; the
// most likely one stays.
void keep_top_p(std::vector<float>& logits, double top_p) {
  if (top_p >= 1) return;
  const auto probabilities = softmax(logits);
  std::vector<size_t> ascending(logits.size());
  std::iota(ascending.begin(), ascending.end(), size_t{0});
  std::sort(ascending.begin(), ascending.end(), [&](size_t a, size_t b) {
    return logits[a] != logits[b] ? logits[a] < logits[b] : a > b;
  });
  ascending.pop_back();
  double sum = 0;
  for (const size_t token : ascending) {
    sum += probabilities[token];
    if (sum > 1 - top_p) return;
    logits[token] = kForbidden;
  }
}

void check_numbers(std::span<const float> logits) {
  if (logits.empty()) fail("logits: none");
  for (size_t i = 0; i < logits.size(); ++i) {
    if (std::isnan(logits[i])) fail("logits[", i, "] is not a number");
  }
}

}  // namespace

void penalise_repetition(std::span<float> logits, std::span<const int64_t> ids, double penalty) {
  const auto factor = static_cast<float>(penalty);
  for (const int64_t id : std::set<int64_t>(ids.begin(), ids.end())) {
    float& logit = logits[static_cast<size_t>(id)];
    logit = logit < 0 ? logit * factor : logit / factor;
  }
}

void forbid(std::span<float> logits, std::span<const int64_t> ids) {
  for (const int64_t id : ids) logits[static_cast<size_t>(id)] = kForbidden;
}

int64_t best_token(std::span<const float> logits) {
  check_numbers(logits);
  return std::max_element(logits.begin(), logits.end()) - logits.begin();
}

uint64_t Random::next() {
  uint64_t z = state_ += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

double Random::uniform() {
  return static_cast<double>(next() >> 11) * 0x1p-53;
}

std::vector<double> sampling_probabilities(std::span<const float> logits,
                                           const Decoding& decoding) {
  check_numbers(logits);
  std::vector<float> kept(logits.begin(), logits.end());
  const auto temperature = static_cast<float>(decoding.temperature.value_or(kDefaultTemperature));
  for (float& logit : kept) logit /= temperature;
  keep_top_k(kept, decoding.top_k.value_or(kDefaultTopK));
  keep_top_p(kept, decoding.top_p.value_or(kDefaultTopP));
  return softmax(kept);
}

int64_t draw_token(std::span<const double> probabilities, Random& random) {
  const double target = random.uniform();
  double sum = 0;
  int64_t last_possible = 0;
  for (size_t i = 0; i < probabilities.size(); ++i) {
    if (probabilities[i] <= 0) continue;
    last_possible = static_cast<int64_t>(i);
    sum += probabilities[i];
    if (target < sum) break;
  }
  return last_possible;
}

}  // namespace mono::model
