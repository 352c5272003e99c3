#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "evaluator/bench/kernel_cases.h"
#include "kernels/few_row_linear.h"
#include "kernels/linear.h"

namespace mono::bench {
namespace {

struct Weight {
  const char* name;
  int64_t out_features;
  int64_t in_features;
  bool is_head = false;  // never asked for more rows than there are sequences
};

constexpr Weight kWeights[] = {
    {"qkv", 4096, 2048},
    {"out", 2048, 2048},
    {"gate_up", 16384, 2048},
    {"down", 2048, 8192},
    {"head", 92560, 2048, true}  // 92553, padded as the engine pads it
};
constexpr int64_t kMostSequences = 64;
constexpr int64_t kRows[] = {1, 16, 64, 320, 1856, 3392};

enum class Way { kFree, kChunked, kOneChunk, kFewRows, kTorch };

std::string name_of(Way way, const Weight& weight) {
  const char* const prefix = way == Way::kFree       ? "linear"
                             : way == Way::kChunked  ? "linear, deterministic"
                             : way == Way::kOneChunk ? "linear, one chunk"
                             : way == Way::kFewRows  ? "few_row_linear"
                                                     : "at::linear";
  return fmt::format("{} {}", prefix, weight.name);
}

/// Up to `most` of `count` places, the first and the last among them.
at::Tensor some_of(int64_t count, int64_t most, at::Device device) {
  return at::linspace(0, static_cast<double>(count - 1), std::min(count, most), at::kDouble)
      .round()
      .to(device, at::kLong);
}

/// All values are numbers, and those of some rows and columns are what doubles give.
std::vector<Outcome> product_outcomes(const at::Tensor& x, const at::Tensor& w,
                                      const at::Tensor& y) {
  constexpr int64_t kMostRows = 16;
  constexpr int64_t kMostColumns = 512;
  const auto rows = some_of(y.size(0), kMostRows, y.device());
  const auto columns = some_of(y.size(1), kMostColumns, y.device());
  const auto product =
      x.index_select(0, rows).to(at::kDouble).mm(w.index_select(0, columns).to(at::kDouble).t());
  return {{.actual = [=] { return y.isfinite().all(); },
           .expected = at::ones({}, y.options().dtype(at::kBool))},
          {.actual = [=] { return y.index_select(0, rows).index_select(1, columns); },
           .expected = product,
           .tolerance = tolerance_of(y.scalar_type())}};
}

std::function<void()> product_call(Way way, const at::Tensor& x, const at::Tensor& w,
                                   const at::Tensor& y) {
  if (way == Way::kTorch) {
    return [=] {
      auto out = y;
      at::linear_out(out, x, w);
    };
  }
  if (way == Way::kFewRows) {
    return [=] { kernels::few_row_linear_out(x, w, {}, kernels::WeightUse::kAny, y); };
  }
  const auto plan = way == Way::kFree      ? kernels::RowPlan::kFree
                    : way == Way::kChunked ? kernels::RowPlan::kChunked
                                           : kernels::RowPlan::kOneChunk;
  return [=] { kernels::linear_out(x, w, {}, plan, y); };
}

KernelCase product_case(Way way, const Weight& weight, int64_t rows, at::TensorOptions options) {
  const auto n = weight.out_features;
  const auto k = weight.in_features;
  const auto value_size = static_cast<double>(options.dtype().itemsize());
  const auto prepare = [=] {
    const auto x = at::randn({rows, k}, options);
    const auto w = at::randn({n, k}, options);
    const auto y = at::full({rows, n}, std::numeric_limits<double>::quiet_NaN(), options);
    return PreparedCall{.run = product_call(way, x, w, y),
                        .expected = [=] { return product_outcomes(x, w, y); }};
  };
  return {.name = name_of(way, weight),
          .shape = fmt::format("[{}, {}] x [{}, {}]^T", rows, k, n, k),
          .work = {.flops = 2.0 * static_cast<double>(rows) * static_cast<double>(n * k),
                   .bytes = value_size * static_cast<double>(rows * k + n * k + rows * n)},
          .prepare = prepare};
}

}  // namespace

std::vector<KernelCase> product_cases(at::Device device, at::ScalarType dtype) {
  const auto options = at::TensorOptions(device).dtype(dtype);
  std::vector<KernelCase> cases;
  for (const auto& weight : kWeights) {
    for (const int64_t rows : kRows) {
      if (weight.is_head && rows > kMostSequences) continue;
      for (const auto way :
           {Way::kFree, Way::kChunked, Way::kOneChunk, Way::kFewRows, Way::kTorch}) {
        if (way == Way::kOneChunk && rows != kernels::kRowsPerChunk) continue;
        if (way == Way::kFewRows && rows > kernels::kRowsPerChunk) continue;
        cases.push_back(product_case(way, weight, rows, options));
      }
    }
  }
  return cases;
}

}  // namespace mono::bench
