#include <cmath>

#include "evaluator/bench/case_maker.h"
#include "kernels/decode_attention.h"
#include "kernels/rotary_append.h"
#include "kernels/tiles_from_rgb.h"
#include "kernels/token_rows.h"
#include "model/image/resize_table.h"

namespace mono::bench {
namespace {

using kernels::Rounding;
using Outcomes = std::vector<Outcome>;

constexpr int64_t kHeads = 16;
constexpr int64_t kKvHeads = 8;
constexpr int64_t kHeadDim = 128;
constexpr int64_t kVocab = 92553;
constexpr double kCancelling = 4;  // two products of the size of the largest values

/// \param x  [rows, heads, head_dim], in double as cos and sin [rows, head_dim / 2] are
at::Tensor rotated(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
  const auto halves = x.chunk(2, -1);
  const auto c = cos.unsqueeze(1);
  const auto s = sin.unsqueeze(1);
  return at::cat({halves[0] * c - halves[1] * s, halves[1] * c + halves[0] * s}, -1);
}

KernelCase rotary_case(const CaseMaker& make, int64_t rows) {
  const int64_t width = (kHeads + 2 * kKvHeads) * kHeadDim;
  const auto num_values = 2 * rows * width + rows * kHeadDim;
  return make.moving("rotary_append", shape_of(rows, width), num_values, [=] {
    const auto qkv = kernels::split_grouped_qkv(make.random({rows, width}), kKvHeads, kHeadDim);
    const auto angles = make.random({rows, kHeadDim / 2});
    const auto cos = angles.cos();
    const auto sin = angles.sin();
    const kernels::TokenPlaces places{
        .slot = make.ints(rows, 0), .position = make.numbers(rows), .angle = make.numbers(rows)};
    const auto keys = make.blank({1, rows, kKvHeads, kHeadDim});
    const auto values = make.blank({1, rows, kKvHeads, kHeadDim});
    const auto out = make.blank({rows, kHeads, kHeadDim});
    return PreparedCall{.run =
                            [=] {
                              kernels::rotary_append(qkv, {}, cos, sin, places, Rounding::kParity,
                                                     keys, values, out);
                            },
                        .expected =
                            [=] {
                              const auto turned = [&](const at::Tensor& heads) {
                                return rotated(in_double(heads), in_double(cos), in_double(sin));
                              };
                              return Outcomes{
                                  make.close(out, turned(qkv.q.flatten(1, 2)), kCancelling),
                                  make.close(keys, turned(qkv.k).unsqueeze(0), kCancelling),
                                  outcome_in(values, qkv.v.unsqueeze(0), 0)};
                            }};
  });
}

/// Attention of one query a row to all keys, in double.
at::Tensor attended(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values) {
  constexpr int64_t kGroup = kHeads / kKvHeads;
  std::vector<at::Tensor> rows;
  for (int64_t row = 0; row < q.size(0); ++row) {
    const auto of_heads = [&](const at::Tensor& cache) {  // [num_heads, length, head_dim]
      return in_double(cache[row]).transpose(0, 1).repeat_interleave(kGroup, 0);
    };
    const auto query = in_double(q[row]).unsqueeze(1) / std::sqrt(static_cast<double>(kHeadDim));
    const auto weights = query.bmm(of_heads(keys).transpose(1, 2)).softmax(-1);
    rows.push_back(weights.bmm(of_heads(values)).flatten());
  }
  return at::stack(rows);
}

KernelCase attention_case(const CaseMaker& make, int64_t rows, int64_t length) {
  const auto shape = fmt::format("{} rows of {} keys", rows, length);
  return make.moving("decode_attention", shape, 2 * rows * length * kKvHeads * kHeadDim, [=] {
    const auto q = make.random({rows, kHeads, kHeadDim});
    const auto keys = make.random({rows, length, kKvHeads, kHeadDim});
    const auto values = make.random({rows, length, kKvHeads, kHeadDim});
    const auto slot = make.numbers(rows);
    const auto lengths = make.ints(rows, length);
    const kernels::DecodeScratch scratch{
        .sums = at::empty({kernels::decode_attention_scratch(rows, kHeads, kHeadDim, length)},
                          make.options(at::kFloat)),
        .arrivals = at::zeros({rows * kKvHeads}, make.options(at::kInt))};
    const auto out = make.blank({rows, kHeads * kHeadDim});
    return PreparedCall{
        .run =
            [=] {
              kernels::decode_attention_out(q, keys, values, slot, lengths, length, scratch, out);
            },
        .expected = [=] { return Outcomes{make.close(out, attended(q, keys, values))}; }};
  });
}

/// What a batch carries before its first token, on a device.
kernels::TokenRows fresh_rows(int64_t rows, at::Device device) {
  constexpr int64_t kCapacity = 32768;  // more than a measurement makes steps
  const auto ints = at::TensorOptions(device).dtype(at::kInt);
  return {.token = at::zeros({rows}, ints),
          .generated = at::zeros({rows, kCapacity}, ints),
          .num_new = at::zeros({rows}, ints),
          .max_new = at::full({rows}, kCapacity, ints),
          .status = at::zeros({rows}, ints),
          .stop_ids = at::full({rows, 1}, -1, ints)};
}

KernelCase argmax_case(const CaseMaker& make, int64_t rows) {
  return make.moving("argmax_tokens", shape_of(rows, kVocab), rows * kVocab, [=] {
    const auto logits = make.random({rows, kVocab});
    const auto of = fresh_rows(rows, make.device());
    const auto scratch = at::zeros({kernels::argmax_scratch(rows)}, make.options(at::kInt));
    return PreparedCall{.run = [=] { kernels::argmax_tokens(logits, of, scratch); },
                        .expected =
                            [=] {
                              const auto alone = fresh_rows(rows, at::kCPU);
                              kernels::argmax_tokens(logits.cpu(), alone, scratch.cpu());
                              return Outcomes{outcome_in(of.token, alone.token, 0),
                                              outcome_in(of.num_new, alone.num_new, 0)};
                            }};
  });
}

kernels::SamplingRules rules_on(int64_t rows, at::Device device) {
  const at::TensorOptions there(device);
  return {.temperature = at::ones({rows}, there.dtype(at::kFloat)),
          .top_k = at::full({rows}, 50, there.dtype(at::kInt)),
          .top_p = at::full({rows}, 0.9, there.dtype(at::kDouble)),
          .seed = at::arange(rows, there.dtype(at::kLong))};
}

KernelCase sample_case(const CaseMaker& make, int64_t rows) {
  return make.moving("sample_tokens", shape_of(rows, kVocab), rows * kVocab, [=] {
    const auto logits = make.random({rows, kVocab});
    const auto of = fresh_rows(rows, make.device());
    const auto rules = rules_on(rows, make.device());
    const auto scratch = at::empty({2 * rows * kVocab}, make.options(at::kInt));
    return PreparedCall{.run = [=] { kernels::sample_tokens(logits, of, rules, scratch); },
                        .expected =
                            [=] {
                              const auto alone = fresh_rows(rows, at::kCPU);
                              kernels::sample_tokens(logits.cpu(), alone, rules_on(rows, at::kCPU),
                                                     scratch.cpu());
                              return Outcomes{outcome_in(of.token, alone.token, 0)};
                            }};
  });
}

/// A picture of 1920 x 1080 as 4 x 3 tiles.
KernelCase tiles_case(const CaseMaker& make) {
  constexpr int kTile = 448, kPatch = 14, kColumns = 4, kRows = 3, kWidth = 1920, kHeight = 1080;
  constexpr int64_t kPixels = int64_t{kColumns} * kRows * kTile * kTile;
  const auto axis = [](int from, int to, at::Device device) {
    const auto table = model::resize_table(from, to);
    return kernels::resize_axis(table.first, table.count, table.weights, device);
  };
  auto one = make.moving("tiles_from_rgb", "1920 x 1080 to 4 x 3 tiles", 3 * kPixels, [=] {
    const auto bytes = make.options(at::kByte);
    const auto source = at::randint(256, {kHeight, kWidth, 3}, bytes);
    const auto table = make.random({3, 256});
    const auto scratch = at::empty({int64_t{kHeight} * kColumns * kTile * 3}, bytes);
    const auto out = make.blank({kPixels / (kPatch * kPatch), 3 * kPatch * kPatch});
    const auto horizontal = axis(kWidth, kColumns * kTile, make.device());
    const auto vertical = axis(kHeight, kRows * kTile, make.device());
    return PreparedCall{.run =
                            [=] {
                              kernels::tiles_from_rgb_out(source, horizontal, vertical, kTile,
                                                          kPatch, table, scratch, out);
                            },
                        .expected =
                            [=] {
                              const auto alone = at::empty_like(out, at::TensorOptions(at::kCPU));
                              kernels::tiles_from_rgb_out(
                                  source.cpu(), axis(kWidth, kColumns * kTile, at::kCPU),
                                  axis(kHeight, kRows * kTile, at::kCPU), kTile, kPatch,
                                  table.cpu(), scratch.cpu(), alone);
                              return Outcomes{outcome_in(out, alone, 0)};
                            }};
  });
  one.work.bytes += 3.0 * kWidth * kHeight;
  return one;
}

}  // namespace

std::vector<KernelCase> token_cases(at::Device device, at::ScalarType dtype) {
  const CaseMaker make(device, dtype);
  std::vector<KernelCase> cases;
  for (const int64_t rows : {int64_t{1}, int64_t{64}, kPromptRows}) {
    cases.push_back(rotary_case(make, rows));
  }
  for (const auto& [rows, length] : {std::pair{1, 1024}, {1, 4096}, {16, 1500}, {64, 1500}}) {
    cases.push_back(attention_case(make, rows, length));
  }
  for (const int64_t rows : {1, 64}) {
    cases.push_back(argmax_case(make, rows));
    cases.push_back(sample_case(make, rows));
  }
  cases.push_back(tiles_case(make));
  return cases;
}

}  // namespace mono::bench
