#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <functional>
#include <string>
#include <vector>

#include "evaluator/bench/workload.h"

namespace mono::bench {

/// One operator at one shape.
struct KernelCase {
  std::string name{};
  std::string shape{};
  Work work{};  // each input read once, each output written once
  /// Makes inputs and outputs of their own and returns the call on them. Calls of several are timed
  /// in turn, so that none finds its inputs in a cache.
  std::function<std::function<void()>()> prepare{};
};

/// The engine's operators at the shapes of Mono-InternVL-2B: a prompt of 7 tiles and 64 text
/// tokens, its decode steps, and InternViT-300M over 7 tiles.
std::vector<KernelCase> operator_cases(at::Device device, at::ScalarType dtype);

/// The matrix products of the same model for several numbers of rows, each as `linear` under both
/// row plans and as at::linear.
std::vector<KernelCase> product_cases(at::Device device, at::ScalarType dtype);

}  // namespace mono::bench
