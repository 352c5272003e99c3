#include "evaluator/bench/kernel_check.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <sstream>

namespace mono::bench {
namespace {

std::string shape_text(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.sizes();
  return text.str();
}

}  // namespace

Outcome outcome_in(const at::Tensor& buffer, const at::Tensor& expected, double tolerance) {
  return {.actual = [buffer] { return buffer; }, .expected = expected, .tolerance = tolerance};
}

double tolerance_of(at::ScalarType dtype) {
  return dtype == at::kBFloat16 ? 1.0 / 64 : 1e-4;
}

std::string fault_of(const Outcome& outcome) {
  const auto actual = outcome.actual();
  if (actual.sizes() != outcome.expected.sizes()) {
    return fmt::format("wrong result: shape {}, expected {}", shape_text(actual),
                       shape_text(outcome.expected));
  }
  const auto got = actual.to(at::kDouble).flatten();
  const auto expected = outcome.expected.to(actual.device()).to(at::kDouble).flatten();
  const auto scale = expected.abs() + expected.square().mean().sqrt();
  const auto agrees = outcome.tolerance == 0 ? got.eq(expected)
                                             : (got - expected).abs().le(outcome.tolerance * scale);
  const auto wrong = agrees.logical_not().nonzero();  // [num_wrong, 1]
  if (wrong.size(0) == 0) return "";
  const auto first = wrong[0][0].item<int64_t>();
  return fmt::format("wrong result: {} of {} values, the first at {} is {}, expected {}",
                     wrong.size(0), got.numel(), first, got[first].item<double>(),
                     expected[first].item<double>());
}

}  // namespace mono::bench
