#include <numbers>

#include "evaluator/bench/case_maker.h"
#include "kernels/add_rms_norm.h"
#include "kernels/gelu_bias.h"
#include "kernels/layer_norm.h"
#include "kernels/rms_norm.h"
#include "kernels/row_copy.h"
#include "kernels/swiglu.h"

namespace mono::bench {
namespace {

using kernels::Rounding;
using Outcomes = std::vector<Outcome>;

constexpr int64_t kHidden = 2048;
constexpr int64_t kIntermediate = 8192;
constexpr int64_t kVisionRows = 7 * 1025;
constexpr int64_t kVisionHidden = 1024;
constexpr int64_t kVisionIntermediate = 4096;
constexpr double kEpsilon = 1e-5;

at::Tensor rms_norm_in_double(const at::Tensor& x, const at::Tensor& weight) {
  return x * (x.square().mean(-1, /*keepdim=*/true) + kEpsilon).rsqrt() * weight;
}

KernelCase rms_norm_case(const CaseMaker& make) {
  return make.moving("rms_norm", shape_of(kPromptRows, kHidden), 2 * kPromptRows * kHidden, [=] {
    const auto x = make.random({kPromptRows, kHidden});
    const auto weight = make.random({kHidden});
    const auto norm = [=] { return kernels::rms_norm(x, weight, kEpsilon); };
    return PreparedCall{.run = [=] { norm(); },
                        .expected =
                            [=] {
                              auto outcome = make.close(
                                  {}, rms_norm_in_double(in_double(x), in_double(weight)));
                              outcome.actual = norm;
                              return Outcomes{outcome};
                            }};
  });
}

KernelCase add_rms_norm_case(const CaseMaker& make) {
  const auto shape = shape_of(kPromptRows, kHidden);
  return make.moving("add_rms_norm, both maps", shape, 4 * kPromptRows * kHidden, [=] {
    const auto residual = make.random({kPromptRows, kHidden});
    const auto delta = make.random({kPromptRows, kHidden});
    const auto weight = make.random({kHidden});
    const auto out = make.blank({kPromptRows, kHidden});
    const kernels::NormRows rows{.delta = make.permutation(kPromptRows),
                                 .out = make.permutation(kPromptRows)};
    return PreparedCall{.run =
                            [=] {
                              kernels::add_rms_norm_out(residual, delta, weight, kEpsilon, rows,
                                                        Rounding::kParity, out);
                            },
                        .expected =
                            [=] {
                              const auto sum = in_double(residual) +
                                               in_double(delta.index_select(0, rows.delta));
                              const auto norm = rms_norm_in_double(sum, in_double(weight));
                              auto placed = at::empty_like(norm);
                              placed.index_copy_(0, rows.out.to(at::kLong), norm);
                              return Outcomes{make.close(residual, sum), make.close(out, placed)};
                            }};
  });
}

KernelCase add_layer_norm_case(const CaseMaker& make) {
  const auto shape = shape_of(kVisionRows, kVisionHidden);
  return make.moving("add_layer_norm", shape, 4 * kVisionRows * kVisionHidden, [=] {
    const auto residual = make.random({kVisionRows, kVisionHidden});
    const auto delta = make.random({kVisionRows, kVisionHidden});
    const auto scale = make.random({kVisionHidden});
    const kernels::LayerNormWeights norm{.weight = scale, .bias = scale, .epsilon = kEpsilon};
    const auto out = make.blank({kVisionRows, kVisionHidden});
    return PreparedCall{
        .run =
            [=] {
              kernels::add_layer_norm_out(residual, delta, scale, norm, Rounding::kParity, out);
            },
        .expected =
            [=] {
              const auto factor = in_double(scale);
              const auto rounded = [&](const at::Tensor& exact) {
                return in_double(exact.to(residual.scalar_type()));
              };
              const auto sum = rounded(in_double(residual) + rounded(factor * in_double(delta)));
              const auto centred = sum - sum.mean(-1, /*keepdim=*/true);
              const auto variance = centred.square().mean(-1, /*keepdim=*/true);
              return Outcomes{
                  make.close(residual, sum),
                  make.close(out, centred * (variance + kEpsilon).rsqrt() * factor + factor)};
            }};
  });
}

KernelCase swiglu_case(const CaseMaker& make) {
  const auto shape = shape_of(kPromptRows, 2 * kIntermediate);
  return make.moving("swiglu", shape, 3 * kPromptRows * kIntermediate, [=] {
    const auto gate_up = make.random({kPromptRows, 2 * kIntermediate});
    const auto out = make.blank({kPromptRows, kIntermediate});
    return PreparedCall{.run = [=] { kernels::swiglu_out(gate_up, Rounding::kParity, out); },
                        .expected =
                            [=] {
                              const auto halves = in_double(gate_up).chunk(2, 1);
                              const auto silu = halves[0] / (1 + (-halves[0]).exp());
                              return Outcomes{make.close(out, silu * halves[1])};
                            }};
  });
}

KernelCase gelu_bias_case(const CaseMaker& make) {
  const auto shape = shape_of(kVisionRows, kVisionIntermediate);
  return make.moving("gelu_bias", shape, 2 * kVisionRows * kVisionIntermediate, [=] {
    const auto x = make.random({kVisionRows, kVisionIntermediate});
    const auto bias = make.random({kVisionIntermediate});
    const auto out = make.blank(x.sizes());
    return PreparedCall{.run = [=] { kernels::gelu_bias_out(x, bias, Rounding::kParity, out); },
                        .expected =
                            [=] {
                              const auto sum = in_double(x) + in_double(bias);
                              const auto gelu = sum / 2 * (1 + (sum / std::numbers::sqrt2).erf());
                              return Outcomes{make.close(out, gelu)};
                            }};
  });
}

KernelCase gather_rows_case(const CaseMaker& make) {
  const auto shape = shape_of(kPromptRows, kHidden);
  return make.moving("gather_rows", shape, 2 * kPromptRows * kHidden, [=] {
    const auto x = make.random({kPromptRows, kHidden});
    const auto rows = make.permutation(kPromptRows);
    const auto out = make.blank(x.sizes());
    return PreparedCall{
        .run = [=] { kernels::gather_rows_out(x, rows, out); },
        .expected = [=] { return Outcomes{outcome_in(out, x.index_select(0, rows), 0)}; }};
  });
}

}  // namespace

std::vector<KernelCase> row_cases(at::Device device, at::ScalarType dtype) {
  const CaseMaker make(device, dtype);
  return {rms_norm_case(make), add_rms_norm_case(make), add_layer_norm_case(make),
          swiglu_case(make),   gelu_bias_case(make),    gather_rows_case(make)};
}

}  // namespace mono::bench
