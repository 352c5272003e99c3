#include "evaluator/bench/verbs.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/cuda/CUDAFunctions.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "evaluator/bench/card_state.h"
#include "evaluator/bench/command_line.h"
#include "evaluator/bench/kernels.h"
#include "evaluator/bench/plain_run.h"
#include "evaluator/bench/report.h"
#include "evaluator/bench/status_line.h"
#include "evaluator/bench/throughput.h"
#include "kernels/gemm_tuner.h"
#include "model/adapter.h"
#include "model/device_arithmetic.h"
#include "model/gemm_plan_file.h"
#include "model/json_text.h"
#include "model/output_file.h"

namespace mono::bench {
namespace {

at::ScalarType dtype_of(const Options& options) {
  return options.dtype == "fp32" ? at::kFloat : at::kBFloat16;
}

void check_writable(const std::string& path) {
  if (!path.empty()) model::check_can_be_written(path);
}

void write(const std::string& path, const std::string& text) {
  if (path.empty()) return;
  std::ofstream file(path);
  file << text;
  if (!file.flush()) model::fail(path, ": cannot write");
}

void write(const std::string& path, const CardVisit& visit, nlohmann::ordered_json json) {
  if (path.empty()) return;
  visit.add_to(json);
  write(path, model::printed_json(json) + "\n");
}

at::Device device_of(const Options& options) {
  const at::Device device(options.device);
  if (device.is_cuda() && !at::hasCUDA()) {
    model::fail("--device ", options.device, ": no CUDA device on this machine");
  }
  if (device.is_cuda() && device.index() >= c10::cuda::device_count()) {
    model::fail("--device ", options.device, ": this machine has ", int{c10::cuda::device_count()},
                " CUDA devices");
  }
  return device;
}

std::optional<model::GemmPlanFile> plans_of(const Options& options, at::Device device) {
  if (options.gemm_plans.empty()) return std::nullopt;
  return model::GemmPlanFile(options.gemm_plans, device);
}

bool run_kernels(const Options& options) {
  if (options.threads > 0) at::set_num_threads(options.threads);
  const auto device = device_of(options);
  auto plans = plans_of(options, device);
  model::settle_arithmetic(device);
  kernels::set_gemm_tuning(options.is_tuning);
  const auto cases = kernel_cases(device, dtype_of(options), options.filter);
  if (cases.empty()) {
    model::fail<model::UsageError>("--filter: no operator's name holds '", options.filter, "'");
  }
  check_writable(options.json);
  const CardVisit visit(device);
  const auto rows = measure_kernels(cases, device, dtype_of(options));
  std::fputs(kernel_table(rows).c_str(), stdout);
  write(options.json, visit, kernel_json(rows, device, dtype_of(options)));
  if (plans) plans->save();
  fail_on_errors(rows);
  return rows.size() == cases.size();
}

/// \param times  of each round
template <typename Times>
bool is_told_to_end(const std::vector<Times>& times, int num_rounds) {
  return std::cmp_less(times.size(), num_rounds);
}

struct NamedCheckpoint {
  std::string name{};
  std::string folder{};
};

/// What is measured, one after the other.
/// \throws UsageError for a text that is no NAME=CHECKPOINT and for a name that comes twice.
std::vector<NamedCheckpoint> checkpoints_of(const Options& options) {
  if (std::set(options.modes.begin(), options.modes.end()).size() != options.modes.size()) {
    model::fail<model::UsageError>("--modes: a mode is named twice");
  }
  std::vector<NamedCheckpoint> checkpoints;
  std::set<std::string> names;
  for (const auto& text : options.models) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      model::fail<model::UsageError>("--model: expected NAME=CHECKPOINT, got '", text, "'");
    }
    checkpoints.push_back({.name = text.substr(0, equals), .folder = text.substr(equals + 1)});
    if (!names.insert(checkpoints.back().name).second) {
      model::fail<model::UsageError>("--model: two models are named '", checkpoints.back().name,
                                     "'");
    }
  }
  return checkpoints;
}

std::vector<Contender> open_contenders(const Options& options,
                                       const std::vector<NamedCheckpoint>& checkpoints,
                                       at::Device device) {
  std::vector<Contender> contenders;
  for (const auto& [name, folder] : checkpoints) {
    for (const auto& mode : options.modes) {
      contenders.push_back(open_contender(
          name, folder,
          {.device = device,
           .dtype = dtype_of(options),
           .is_deterministic = mode == kDeterministic || mode == kDeterministicUnrecorded,
           .rounding = mode == kFast ? kernels::Rounding::kFast : kernels::Rounding::kParity,
           .records_prompts = mode != kFreeUnrecorded && mode != kDeterministicUnrecorded}));
    }
  }
  return contenders;
}

bool run_latency(const Options& options) {
  if (options.threads > 0) at::set_num_threads(options.threads);
  const auto device = device_of(options);
  if (!options.profiles.empty() && !device.is_cuda()) {
    model::fail<model::UsageError>("--profile: shows a GPU's kernels, expected --device cuda");
  }
  const auto& concurrencies = options.latency.concurrencies;
  if (!options.roofline.empty() && std::ranges::find(concurrencies, 1) == concurrencies.end()) {
    model::fail<model::UsageError>(
        "--roofline: is of one request at a time, expected 1 among "
        "--concurrency");
  }
  auto plans = plans_of(options, device);
  const auto checkpoints = checkpoints_of(options);
  check_writable(options.json);
  check_writable(options.roofline);
  const auto contenders = open_contenders(options, checkpoints, device);
  const CardVisit visit(device);
  const auto check = [&](std::vector<LatencyRow>& rows) {
    StatusLine status;
    for (const auto& [name, folder] : checkpoints) {
      status.show("plain run of " + name + ", which answers are compared with");
      const auto plain = open_contender(name, folder, plain_options(device, dtype_of(options)));
      compare_with_plain(plain, options.latency, contenders, rows);
    }
  };
  const auto times = measure_latency(contenders, options.latency, check);
  std::fputs(latency_table(contenders, times).c_str(), stdout);
  write(options.json, visit, latency_json(contenders, times));
  if (!options.roofline.empty()) write(options.roofline, latency_roofline(contenders, times));
  if (plans) plans->save();
  if (is_told_to_end(times.rows.front().timings, options.latency.repetitions)) return false;
  if (options.profiles.empty()) return true;
  std::fputs(profile_latency(contenders, options.latency, options.profiles).c_str(), stdout);
  return true;
}

bool run_throughput(const Options& options) {
  if (options.threads > 0) at::set_num_threads(options.threads);
  const auto device = device_of(options);
  auto plans = plans_of(options, device);
  const auto checkpoints = checkpoints_of(options);
  check_writable(options.json);
  const auto contenders = open_contenders(options, checkpoints, device);
  const CardVisit visit(device);
  const auto rows = measure_throughput(contenders, options.throughput);
  std::fputs(throughput_table(contenders, rows).c_str(), stdout);
  write(options.json, visit, throughput_json(contenders, rows));
  if (plans) plans->save();
  return !is_told_to_end(rows.front().times, options.throughput.repetitions);
}

}  // namespace

void add_bench_verbs(CLI::App& app, BenchWork& work) {
  app.require_subcommand(1);
  const auto options = std::make_shared<Options>();
  declare_latency(app, *options);
  declare_throughput(app, *options);
  declare_kernels(app, *options);
  work = [&app, options] {
    if (app.got_subcommand("kernels")) return run_kernels(*options);
    if (app.got_subcommand("throughput")) return run_throughput(*options);
    return run_latency(*options);
  };
}

}  // namespace mono::bench
