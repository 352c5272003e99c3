#include "evaluator/bench/kernels.h"

#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "evaluator/bench/kernel_cases.h"
#include "evaluator/bench/stopwatch.h"

namespace mono::bench {
namespace {

constexpr double kSpreadBytes = 256e6;  // of all inputs together: several times an H200's L2
constexpr double kRoundSeconds = 1e-3;  // of work at the floor
constexpr int kMostCopies = 64;
constexpr int kMostCalls = 256;
constexpr int kRepeats = 9;

KernelRow measured(const KernelCase& of, const Ceilings& ceilings, at::Device device) {
  const double floor = floor_seconds(of.work, ceilings);
  const int copies =
      std::clamp(static_cast<int>(std::ceil(kSpreadBytes / of.work.bytes)), 2, kMostCopies);
  const int calls =
      std::clamp(static_cast<int>(kRoundSeconds / floor), copies, std::max(copies, kMostCalls));
  std::vector<std::function<void()>> prepared;
  prepared.reserve(static_cast<size_t>(copies));
  for (int i = 0; i < copies; ++i) prepared.push_back(of.prepare());
  auto seconds = seconds_per_call(
      device, [&](int i) { prepared[static_cast<size_t>(i % copies)](); }, calls, kRepeats);
  return {.name = of.name,
          .shape = of.shape,
          .work = of.work,
          .seconds = median_interval(std::move(seconds)),
          .floor_seconds = floor};
}

}  // namespace

KernelTimes measure_kernels(at::Device device, at::ScalarType dtype, const std::string& filter) {
  const c10::InferenceMode no_gradients;
  KernelTimes times;
  {
    const CeilingProbe probe(device, dtype);
    times.ceilings = probe.measure();
  }
  for (const auto& cases : {operator_cases(device, dtype), product_cases(device, dtype)}) {
    for (const auto& of : cases) {
      if (of.name.find(filter) == std::string::npos) continue;
      try {
        times.rows.push_back(measured(of, times.ceilings, device));
      } catch (const c10::Error& error) {
        times.rows.push_back({.name = of.name,
                              .shape = of.shape,
                              .work = of.work,
                              .error = error.what_without_backtrace()});
      }
    }
  }
  return times;
}

std::string kernel_table(const KernelTimes& times) {
  auto text =
      fmt::format("ceilings: {:.0f} GB/s, {:.1f} TFLOP/s\n{:<30} {:<34} {:>9} {:>9} {:>9} {:>12}\n",
                  times.ceilings.bytes_per_second * 1e-9, times.ceilings.flops_per_second * 1e-12,
                  "operator", "shape", "us", "GB/s", "TFLOP/s", "floor / time");
  for (const auto& row : times.rows) {
    if (!row.error.empty()) {
      text += fmt::format("{:<30} {:<34} {}\n", row.name, row.shape, row.error);
      continue;
    }
    const double seconds = row.seconds.median;
    text += fmt::format("{:<30} {:<34} {:>9.2f} {:>9.0f} {:>9.1f} {:>12.2f}\n", row.name, row.shape,
                        seconds * 1e6, row.work.bytes / seconds * 1e-9,
                        row.work.flops / seconds * 1e-12, row.floor_seconds / seconds);
  }
  return text;
}

nlohmann::ordered_json kernel_json(const KernelTimes& times) {
  nlohmann::ordered_json json = {{"context",
                                  {{"executable", "mono-bench"},
                                   {"bytes_per_second", times.ceilings.bytes_per_second},
                                   {"flops_per_second", times.ceilings.flops_per_second}}},
                                 {"benchmarks", nlohmann::ordered_json::array()}};
  for (const auto& row : times.rows) {
    const auto name = row.name + " " + row.shape;
    if (!row.error.empty()) {
      json["benchmarks"].push_back(
          {{"name", name}, {"error_occurred", true}, {"error_message", row.error}});
      continue;
    }
    json["benchmarks"].push_back({{"name", name + "_median"},
                                  {"run_name", name},
                                  {"run_type", "aggregate"},
                                  {"aggregate_name", "median"},
                                  {"real_time", row.seconds.median * 1e6},
                                  {"low", row.seconds.low * 1e6},
                                  {"high", row.seconds.high * 1e6},
                                  {"time_unit", "us"},
                                  {"bytes", row.work.bytes},
                                  {"flops", row.work.flops},
                                  {"floor_us", row.floor_seconds * 1e6}});
  }
  return json;
}

}  // namespace mono::bench
