#include "model/weights/taking.h"

#include <ATen/ATen.h>

#include <numeric>

#include "model/joined.h"

namespace mono::model {
namespace {

// `last` is ".weight" or ".bias"; `tail` the dimensions behind the rows.
at::Tensor take_rows(WeightTaker& taker, const std::string& prefix,
                     const std::vector<std::string>& names, const std::vector<int64_t>& rows,
                     const std::vector<int64_t>& tail, const std::string& last) {
  std::vector<std::string> whole_names;
  whole_names.reserve(names.size());
  for (const auto& name : names) whole_names.push_back(joined(prefix, name, last));
  const bool is_stored_whole = names.size() == 1;
  return taker.take_stacked(
      whole_names,
      is_stored_whole ? std::vector{std::accumulate(rows.begin(), rows.end(), int64_t{0})} : rows,
      tail);
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
