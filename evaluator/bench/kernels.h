#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "evaluator/bench/floor.h"
#include "evaluator/bench/interval.h"
#include "evaluator/bench/kernel_cases.h"
#include "model/stopwatch.h"

namespace mono::bench {

/// One operator, timed.
struct KernelRow {
  std::string name{};
  std::string shape{};
  Work work{};
  std::vector<model::Spent> times{};  // of one call, a value a round
  MedianInterval seconds{};           // of these
  Ceilings ceilings{};                // of the machine at that moment
  double floor_seconds = 0;           // of these
  std::string error{};                // why there is no time; "" exactly when there is one
};

/// The operators of `kernel_cases.h` whose name holds `filter`.
std::vector<KernelCase> kernel_cases(at::Device device, at::ScalarType dtype,
                                     const std::string& filter);

/// Times operators on random inputs that are larger together than a cache. The result of a call is
/// checked before a time counts; one that is wrong, or that throws, is a row with an error. Told to
/// end (rounds.h), it returns the rows it has.
std::vector<KernelRow> measure_kernels(std::span<const KernelCase> cases, at::Device device,
                                       at::ScalarType dtype);

/// \throws std::runtime_error naming every row with an error, if there is one.
void fail_on_errors(std::span<const KernelRow> rows);

/// A line an operator: microseconds, bandwidth, rate, share of the floor.
std::string kernel_table(std::span<const KernelRow> rows);

/// google/benchmark's JSON shape, microseconds of one call of each operator.
nlohmann::ordered_json kernel_json(std::span<const KernelRow> rows, at::Device device,
                                   at::ScalarType dtype);

}  // namespace mono::bench
