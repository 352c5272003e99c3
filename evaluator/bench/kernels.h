#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "evaluator/bench/floor.h"
#include "evaluator/bench/interval.h"

namespace mono::bench {

/// One operator, timed.
struct KernelRow {
  std::string name{};
  std::string shape{};
  Work work{};
  MedianInterval seconds{};  // of one call
  double floor_seconds = 0;  // of the ceilings below
  std::string error{};       // why there is no time; "" exactly when there is one
};

struct KernelTimes {
  Ceilings ceilings{};
  std::vector<KernelRow> rows{};
};

/// Times the operators of `kernel_cases.h` whose name holds `filter`, on random inputs that are
/// larger together than a cache.
KernelTimes measure_kernels(at::Device device, at::ScalarType dtype, const std::string& filter);

/// A line an operator: microseconds, bandwidth, rate, share of the floor.
std::string kernel_table(const KernelTimes& times);

/// google/benchmark's JSON shape, one aggregate an operator.
nlohmann::ordered_json kernel_json(const KernelTimes& times);

}  // namespace mono::bench
