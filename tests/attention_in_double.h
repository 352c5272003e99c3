#pragma once

#include <cmath>

#include "tests/backends.h"

namespace mono::tests {

/// Causal attention of the last queries, the formula in fp64, one query at a time.
inline at::Tensor attention_in_double(const at::Tensor& q, const at::Tensor& k,
                                      const at::Tensor& v) {
  const int64_t group = q.size(1) / k.size(0);
  auto out = at::empty(q.sizes(), at::kDouble);
  for (int64_t n = 0; n < q.size(0); ++n) {
    const int64_t seen = k.size(1) - q.size(0) + n + 1;
    for (int64_t h = 0; h < q.size(1); ++h) {
      const auto keys = fp64(k)[h / group].slice(0, 0, seen);
      const auto scores = keys.mv(fp64(q)[n][h]) / std::sqrt(static_cast<double>(q.size(2)));
      out[n][h] = fp64(v)[h / group].slice(0, 0, seen).t().mv(at::softmax(scores, 0));
    }
  }
  return out.flatten(1);
}

}  // namespace mono::tests
