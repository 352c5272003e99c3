#include "evaluator/bench/kernels.h"

#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "evaluator/bench/context.h"
#include "evaluator/bench/entries.h"
#include "evaluator/bench/rounds.h"
#include "evaluator/bench/stopwatch.h"
#include "model/adapter.h"

namespace mono::bench {
namespace {

constexpr double kSpreadBytes = 256e6;  // of all inputs together: several times an H200's L2
constexpr double kRoundSeconds = 1e-3;  // of work at the floor
constexpr int kMostCopies = 64;
constexpr int kMostCalls = 256;
constexpr int kRepeats = 9;

/// \throws SetupError if the first run leaves something wrong behind.
void check(const PreparedCall& call) {
  const auto outcomes = call.expected();
  call.run();
  for (const auto& outcome : outcomes) {
    const auto fault = fault_of(outcome);
    if (!fault.empty()) model::fail(fault);
  }
}

std::vector<double> seconds_of(const std::vector<model::Spent>& times) {
  std::vector<double> seconds;
  seconds.reserve(times.size());
  for (const auto& spent : times) seconds.push_back(spent.seconds);
  return seconds;
}

KernelRow measured(const KernelCase& of, const CeilingProbe& probe, at::Device device) {
  const int copies =
      std::clamp(static_cast<int>(std::ceil(kSpreadBytes / of.work.bytes)), 2, kMostCopies);
  std::vector<PreparedCall> prepared;
  prepared.reserve(static_cast<size_t>(copies));
  for (int i = 0; i < copies; ++i) prepared.push_back(of.prepare());
  check(prepared.front());
  const auto before = probe.measure();
  const int calls = std::clamp(static_cast<int>(kRoundSeconds / floor_seconds(of.work, before)),
                               copies, std::max(copies, kMostCalls));
  auto times = times_per_call(
      device, [&](int i) { prepared[static_cast<size_t>(i % copies)].run(); }, calls, kRepeats);
  const auto ceilings = mean_of(before, probe.measure());
  return {.name = of.name,
          .shape = of.shape,
          .work = of.work,
          .times = times,
          .seconds = median_interval(seconds_of(times)),
          .ceilings = ceilings,
          .floor_seconds = floor_seconds(of.work, ceilings)};
}

KernelRow measured_or_failed(const KernelCase& of, const CeilingProbe& probe, at::Device device) {
  KernelRow failed{.name = of.name, .shape = of.shape, .work = of.work};
  try {
    return measured(of, probe, device);
  } catch (const c10::Error& error) {
    failed.error = error.what_without_backtrace();
  } catch (const model::SetupError& error) {
    failed.error = error.what();
  }
  return failed;
}

}  // namespace

std::vector<KernelCase> kernel_cases(at::Device device, at::ScalarType dtype,
                                     const std::string& filter) {
  std::vector<KernelCase> chosen;
  for (auto& cases :
       {row_cases(device, dtype), token_cases(device, dtype), product_cases(device, dtype)}) {
    std::copy_if(cases.begin(), cases.end(), std::back_inserter(chosen),
                 [&](const auto& of) { return of.name.find(filter) != std::string::npos; });
  }
  return chosen;
}

std::vector<KernelRow> measure_kernels(std::span<const KernelCase> cases, at::Device device,
                                       at::ScalarType dtype) {
  const c10::InferenceMode no_gradients;
  const CeilingProbe probe(device, dtype);
  std::vector<KernelRow> rows;
  rows.reserve(cases.size());
  const auto case_at = [&](int i) -> const KernelCase& { return cases[static_cast<size_t>(i)]; };
  take_rounds(
      static_cast<int>(cases.size()),
      [&](int i) { rows.push_back(measured_or_failed(case_at(i), probe, device)); },
      [&](int i) { return case_at(i).name + " " + case_at(i).shape + ","; });
  return rows;
}

void fail_on_errors(std::span<const KernelRow> rows) {
  std::string failed;
  for (const auto& row : rows) {
    if (!row.error.empty()) failed += fmt::format("\n  {} {}: {}", row.name, row.shape, row.error);
  }
  if (!failed.empty()) throw std::runtime_error("operators that failed:" + failed);
}

std::string kernel_table(std::span<const KernelRow> rows) {
  auto text =
      fmt::format("{:<30} {:<34} {:>9} {:>9} {:>9} {:>12} {:>13} {:>9}\n", "operator", "shape",
                  "us", "GB/s", "TFLOP/s", "floor / time", "ceiling, GB/s", "TFLOP/s");
  for (const auto& row : rows) {
    if (!row.error.empty()) {
      text += fmt::format("{:<30} {:<34} {}\n", row.name, row.shape, row.error);
      continue;
    }
    const double seconds = row.seconds.median;
    text +=
        fmt::format("{:<30} {:<34} {:>9.2f} {:>9.0f} {:>9.1f} {:>12.2f} {:>13.0f} {:>9.1f}\n",
                    row.name, row.shape, seconds * 1e6, row.work.bytes / seconds * 1e-9,
                    row.work.flops / seconds * 1e-12, row.floor_seconds / seconds,
                    row.ceilings.bytes_per_second * 1e-9, row.ceilings.flops_per_second * 1e-12);
  }
  return text;
}

nlohmann::ordered_json kernel_json(std::span<const KernelRow> rows, at::Device device,
                                   at::ScalarType dtype) {
  Setting setting{.device = device, .dtype = dtype, .clock = "one call, its launch not counted"};
  auto benchmarks = nlohmann::ordered_json::array();
  for (const auto& row : rows) {
    const auto name = row.name + " " + row.shape;
    if (!row.error.empty()) {
      benchmarks.push_back({{"name", name},
                            {"run_name", name},
                            {"error_occurred", true},
                            {"error_message", row.error}});
      continue;
    }
    setting.ceilings.push_back(row.ceilings);
    auto entries = entries_of(name, row.times, "us");
    entries.back().update({{"bytes", row.work.bytes},
                           {"flops", row.work.flops},
                           {"bytes_per_second", row.ceilings.bytes_per_second},
                           {"flops_per_second", row.ceilings.flops_per_second},
                           {"floor_us", row.floor_seconds * 1e6}});
    for (auto& entry : entries) benchmarks.push_back(std::move(entry));
  }
  return {{"context", context_json(setting)}, {"benchmarks", benchmarks}};
}

}  // namespace mono::bench
