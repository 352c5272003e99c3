#include "model/weights/taking.h"

#include <ATen/ATen.h>

#include <numeric>

namespace mono::model {
namespace {

// `last` is ".weight" or ".bias"; `tail` the dimensions behind the rows.
at::Tensor take_rows(WeightTaker& taker, const std::string& prefix,
                     const std::vector<std::string>& names, const std::vector<int64_t>& rows,
                     const std::vector<int64_t>& tail, const std::string& last) {
  const auto shape = [&](int64_t num_rows) {
    std::vector<int64_t> sizes{num_rows};
    sizes.insert(sizes.end(), tail.begin(), tail.end());
    return sizes;
  };
  const auto take = [&](const std::string& name, int64_t num_rows) {
    return taker.take(prefix + name + last, shape(num_rows));
  };
  if (names.size() == 1) {
    return take(names.front(), std::accumulate(rows.begin(), rows.end(), int64_t{0}));
  }
  std::vector<at::Tensor> parts;
  bool is_whole = true;
  for (size_t i = 0; i < names.size(); ++i) {
    parts.push_back(take(names[i], rows[i]));
    is_whole = is_whole && parts.back().defined();
  }
  return is_whole ? at::cat(parts) : at::Tensor();
}

}  // namespace

AffineWeights take_affine(WeightTaker& taker, const std::string& name,
                          const std::vector<int64_t>& shape, bool has_bias) {
  AffineWeights weights{.weight = taker.take(name + ".weight", shape)};
  if (has_bias) weights.bias = taker.take(name + ".bias", {shape.front()});
  return weights;
}

AffineWeights take_stacked(WeightTaker& taker, const std::string& prefix,
                           const std::vector<std::string>& names, const std::vector<int64_t>& rows,
                           int64_t num_columns, bool has_bias) {
  AffineWeights weights{.weight = take_rows(taker, prefix, names, rows, {num_columns}, ".weight")};
  if (has_bias) weights.bias = take_rows(taker, prefix, names, rows, {}, ".bias");
  return weights;
}

}  // namespace mono::model
