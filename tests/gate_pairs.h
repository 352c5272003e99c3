#pragma once

#include <cstdint>
#include <vector>

#include "results/gate.h"

namespace mono::tests {

using Pairs = std::vector<results::ScorePair>;

/// `lost` rows 1 -> 0, `gained` rows 0 -> 1, the others 1 -> 1, each with a picture of its own.
inline Pairs binary_pairs(int64_t rows, int64_t lost, int64_t gained) {
  Pairs pairs;
  for (int64_t i = 0; i < rows; ++i) {
    pairs.push_back({.base = i >= lost && i < lost + gained ? 0.0 : 1.0,
                     .next = i < lost ? 0.0 : 1.0,
                     .image = static_cast<uint64_t>(i)});
  }
  return pairs;
}

inline results::ScoreComparison decided(const Pairs& pairs,
                                        const results::GateOptions& options = {}) {
  auto comparison = results::compare_scores(pairs, options);
  const results::NamedComparison named[] = {
      {.task = "textvqa", .label = "textvqa.vek", .comparison = &comparison}};
  decide(named, options);
  return comparison;
}

}  // namespace mono::tests
