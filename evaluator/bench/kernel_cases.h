#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <functional>
#include <string>
#include <vector>

#include "evaluator/bench/kernel_check.h"
#include "evaluator/bench/workload.h"

namespace mono::bench {

/// A call on inputs and outputs of its own.
struct PreparedCall {
  std::function<void()> run{};
  /// What the first run must leave behind, by the operator's formula in double or by its fallback
  /// on the CPU; asked for before that run, which may change its inputs.
  std::function<std::vector<Outcome>()> expected{};
};

/// One operator at one shape.
struct KernelCase {
  std::string name{};
  std::string shape{};
  Work work{};  // each input read once, each output written once
  /// Calls of several are timed in turn, so that none finds its inputs in a cache.
  std::function<PreparedCall()> prepare{};
};

/// The engine's operators at the shapes of Mono-InternVL-2B: a prompt of 7 tiles and 64 text
/// tokens, its decode steps, and InternViT-300M over 7 tiles. Those that work on whole rows:
std::vector<KernelCase> row_cases(at::Device device, at::ScalarType dtype);

/// Those that know tokens, heads or pixels.
std::vector<KernelCase> token_cases(at::Device device, at::ScalarType dtype);

/// The matrix products of the same model for several numbers of rows, each as `linear` under both
/// row plans and as at::linear.
std::vector<KernelCase> product_cases(at::Device device, at::ScalarType dtype);

}  // namespace mono::bench
