#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>

#include "evaluator/bench/kernel_cases.h"
#include "kernels/add_rms_norm.h"
#include "kernels/decode_attention.h"
#include "kernels/gelu_bias.h"
#include "kernels/layer_norm.h"
#include "kernels/rms_norm.h"
#include "kernels/rotary_append.h"
#include "kernels/row_copy.h"
#include "kernels/swiglu.h"
#include "kernels/tiles_from_rgb.h"
#include "kernels/token_rows.h"
#include "model/image/resize_table.h"

namespace mono::bench {
namespace {

using kernels::Rounding;
using Call = std::function<void()>;

constexpr int64_t kHidden = 2048;
constexpr int64_t kIntermediate = 8192;
constexpr int64_t kHeads = 16;
constexpr int64_t kKvHeads = 8;
constexpr int64_t kHeadDim = 128;
constexpr int64_t kVocab = 92553;
constexpr int64_t kPromptRows = 7 * 256 + 64;
constexpr int64_t kVisionRows = 7 * 1025;
constexpr int64_t kVisionHidden = 1024;
constexpr int64_t kVisionIntermediate = 4096;
constexpr double kEpsilon = 1e-5;

/// Makes the tensors of one device and dtype.
class Maker {
 public:
  Maker(at::Device device, at::ScalarType dtype) : device_(device), dtype_(dtype) {}

  double value_size() const { return static_cast<double>(c10::elementSize(dtype_)); }
  at::Tensor random(at::IntArrayRef sizes) const { return at::randn(sizes, options(dtype_)); }
  at::Tensor empty(at::IntArrayRef sizes) const { return at::empty(sizes, options(dtype_)); }
  at::Tensor ints(int64_t count, int64_t value) const {
    return at::full({count}, value, options(at::kInt));
  }
  at::Tensor numbers(int64_t count) const { return at::arange(count, options(at::kInt)); }
  at::Tensor permutation(int64_t count) const {
    return at::randperm(count, at::kLong).to(device_, at::kInt);
  }
  at::TensorOptions options(at::ScalarType dtype) const {
    return at::TensorOptions(device_).dtype(dtype);
  }
  at::Device device() const { return device_; }

 private:
  at::Device device_;
  at::ScalarType dtype_;
};

/// An operator that only moves values: `num_values` of the dtype.
KernelCase moving(const Maker& make, const char* name, const std::string& shape, int64_t num_values,
                  std::function<Call()> prepare) {
  return {.name = name,
          .shape = shape,
          .work = {.bytes = make.value_size() * static_cast<double>(num_values)},
          .prepare = std::move(prepare)};
}

std::string shape_of(int64_t rows, int64_t width) {
  return fmt::format("[{}, {}]", rows, width);
}

void add_norms(const Maker& make, std::vector<KernelCase>& cases) {
  const int64_t size = kPromptRows * kHidden;
  cases.push_back(moving(make, "rms_norm", shape_of(kPromptRows, kHidden), 2 * size, [=]() -> Call {
    const auto x = make.random({kPromptRows, kHidden});
    const auto weight = make.random({kHidden});
    return [=] { kernels::rms_norm(x, weight, kEpsilon); };
  }));
  cases.push_back(moving(make, "add_rms_norm, both maps", shape_of(kPromptRows, kHidden), 4 * size,
                         [=]() -> Call {
                           const auto residual = make.random({kPromptRows, kHidden});
                           const auto delta = make.random({kPromptRows, kHidden});
                           const auto weight = make.random({kHidden});
                           const auto out = make.empty({kPromptRows, kHidden});
                           const kernels::NormRows rows{.delta = make.permutation(kPromptRows),
                                                        .out = make.permutation(kPromptRows)};
                           return [=] {
                             kernels::add_rms_norm_out(residual, delta, weight, kEpsilon, rows,
                                                       Rounding::kParity, out);
                           };
                         }));
  cases.push_back(moving(
      make, "add_layer_norm", shape_of(kVisionRows, kVisionHidden), 4 * kVisionRows * kVisionHidden,
      [=]() -> Call {
        const auto residual = make.random({kVisionRows, kVisionHidden});
        const auto delta = make.random({kVisionRows, kVisionHidden});
        const auto scale = make.random({kVisionHidden});
        const kernels::LayerNormWeights norm{.weight = scale, .bias = scale, .epsilon = kEpsilon};
        const auto out = make.empty({kVisionRows, kVisionHidden});
        return [=] {
          kernels::add_layer_norm_out(residual, delta, scale, norm, Rounding::kParity, out);
        };
      }));
}

void add_activations(const Maker& make, std::vector<KernelCase>& cases) {
  cases.push_back(moving(make, "swiglu", shape_of(kPromptRows, 2 * kIntermediate),
                         3 * kPromptRows * kIntermediate, [=]() -> Call {
                           const auto gate_up = make.random({kPromptRows, 2 * kIntermediate});
                           const auto out = make.empty({kPromptRows, kIntermediate});
                           return [=] { kernels::swiglu_out(gate_up, Rounding::kParity, out); };
                         }));
  cases.push_back(moving(make, "gelu_bias", shape_of(kVisionRows, kVisionIntermediate),
                         2 * kVisionRows * kVisionIntermediate, [=]() -> Call {
                           const auto x = make.random({kVisionRows, kVisionIntermediate});
                           const auto bias = make.random({kVisionIntermediate});
                           const auto out = make.empty(x.sizes());
                           return [=] { kernels::gelu_bias_out(x, bias, Rounding::kParity, out); };
                         }));
}

void add_row_copies(const Maker& make, std::vector<KernelCase>& cases) {
  cases.push_back(moving(make, "gather_rows", shape_of(kPromptRows, kHidden),
                         2 * kPromptRows * kHidden, [=]() -> Call {
                           const auto x = make.random({kPromptRows, kHidden});
                           const auto rows = make.permutation(kPromptRows);
                           const auto out = make.empty(x.sizes());
                           return [=] { kernels::gather_rows_out(x, rows, out); };
                         }));
}

KernelCase rotary_case(const Maker& make, int64_t rows) {
  const int64_t width = (kHeads + 2 * kKvHeads) * kHeadDim;
  return moving(
      make, "rotary_append", shape_of(rows, width), 2 * rows * width + rows * kHeadDim,
      [=]() -> Call {
        const auto qkv = kernels::split_grouped_qkv(make.random({rows, width}), kKvHeads, kHeadDim);
        const auto cos = make.random({rows, kHeadDim / 2});
        const kernels::TokenPlaces places{.slot = make.ints(rows, 0),
                                          .position = make.numbers(rows),
                                          .angle = make.numbers(rows)};
        const auto keys = make.empty({1, rows, kKvHeads, kHeadDim});
        const auto values = make.empty({1, rows, kKvHeads, kHeadDim});
        const auto out = make.empty({rows, kHeads, kHeadDim});
        return [=] {
          kernels::rotary_append(qkv, {}, cos, cos, places, Rounding::kParity, keys, values, out);
        };
      });
}

KernelCase attention_case(const Maker& make, int64_t rows, int64_t length) {
  return moving(make, "decode_attention", fmt::format("{} rows of {} keys", rows, length),
                2 * rows * length * kKvHeads * kHeadDim, [=]() -> Call {
                  const auto q = make.random({rows, kHeads, kHeadDim});
                  const auto keys = make.random({rows, length, kKvHeads, kHeadDim});
                  const auto values = make.random({rows, length, kKvHeads, kHeadDim});
                  const auto slot = make.numbers(rows);
                  const auto lengths = make.ints(rows, length);
                  const auto scratch =
                      at::empty({kernels::decode_attention_scratch(rows, kHeads, kHeadDim, length)},
                                make.options(at::kFloat));
                  const auto out = make.empty({rows, kHeads * kHeadDim});
                  return [=] {
                    kernels::decode_attention_out(q, keys, values, slot, lengths, length, scratch,
                                                  out);
                  };
                });
}

KernelCase choice_case(const Maker& make, int64_t rows, bool samples) {
  constexpr int64_t kCapacity = 32768;  // more than a measurement makes steps
  return moving(make, samples ? "sample_tokens" : "argmax_tokens", shape_of(rows, kVocab),
                rows * kVocab, [=]() -> Call {
                  const auto logits = make.random({rows, kVocab});
                  const auto zeros = [&] { return make.ints(rows, 0); };
                  const kernels::TokenRows of{
                      .token = zeros(),
                      .generated = at::zeros({rows, kCapacity}, make.options(at::kInt)),
                      .num_new = zeros(),
                      .max_new = make.ints(rows, kCapacity),
                      .status = zeros(),
                      .stop_ids = make.ints(rows, -1).view({rows, 1})};
                  if (!samples) return [=] { kernels::argmax_tokens(logits, of); };
                  const kernels::SamplingRules rules{
                      .temperature = at::ones({rows}, make.options(at::kFloat)),
                      .top_k = make.ints(rows, 50),
                      .top_p = at::full({rows}, 0.9, make.options(at::kDouble)),
                      .seed = make.numbers(rows).to(at::kLong)};
                  const auto scratch = at::empty({2 * rows * kVocab}, make.options(at::kInt));
                  return [=] { kernels::sample_tokens(logits, of, rules, scratch); };
                });
}

/// A picture of 1920 x 1080 as 4 x 3 tiles.
KernelCase tiles_case(const Maker& make) {
  constexpr int kTile = 448, kPatch = 14, kColumns = 4, kRows = 3, kWidth = 1920, kHeight = 1080;
  constexpr int64_t kPixels = int64_t{kColumns} * kRows * kTile * kTile;
  auto one =
      moving(make, "tiles_from_rgb", "1920 x 1080 to 4 x 3 tiles", 3 * kPixels, [=]() -> Call {
        const auto axis = [&](int from, int to) {
          const auto table = model::resize_table(from, to);
          return kernels::resize_axis(table.first, table.count, table.weights, make.device());
        };
        const auto horizontal = axis(kWidth, kColumns * kTile);
        const auto vertical = axis(kHeight, kRows * kTile);
        const auto bytes = make.options(at::kByte);
        const auto source = at::randint(256, {kHeight, kWidth, 3}, bytes);
        const auto table = make.random({3, 256});
        const auto scratch = at::empty({int64_t{kHeight} * kColumns * kTile * 3}, bytes);
        const auto out = make.empty({kPixels / (kPatch * kPatch), 3 * kPatch * kPatch});
        return [=] {
          kernels::tiles_from_rgb_out(source, horizontal, vertical, kTile, kPatch, table, scratch,
                                      out);
        };
      });
  one.work.bytes += 3.0 * kWidth * kHeight;
  return one;
}

}  // namespace

std::vector<KernelCase> operator_cases(at::Device device, at::ScalarType dtype) {
  const Maker make(device, dtype);
  std::vector<KernelCase> cases;
  add_norms(make, cases);
  add_activations(make, cases);
  add_row_copies(make, cases);
  for (const int64_t rows : {int64_t{1}, int64_t{64}, kPromptRows}) {
    cases.push_back(rotary_case(make, rows));
  }
  for (const auto& [rows, length] : {std::pair{1, 1024}, {1, 4096}, {16, 1500}, {64, 1500}}) {
    cases.push_back(attention_case(make, rows, length));
  }
  for (const int64_t rows : {1, 64}) {
    cases.push_back(choice_case(make, rows, /*samples=*/false));
    cases.push_back(choice_case(make, rows, /*samples=*/true));
  }
  cases.push_back(tiles_case(make));
  return cases;
}

}  // namespace mono::bench
