#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "evaluator/bench/latency.h"
#include "evaluator/bench/throughput.h"

namespace mono::bench {

inline constexpr const char* kFree = "free";
inline constexpr const char* kDeterministic = "deterministic";
inline constexpr const char* kFast = "fast";                       // fast rounding, free row plan
inline constexpr const char* kFreeUnrecorded = "free-unrecorded";  // prompts; steps still are
inline constexpr const char* kDeterministicUnrecorded = "deterministic-unrecorded";

/// What the command line of `bench` asked for.
struct Options {
  std::vector<std::string> models{};  // NAME=CHECKPOINT
  std::vector<std::string> modes{kFree, kDeterministic};
  std::string device = "cpu";  // well-formed; the machine may not have it
  std::string dtype = "bf16";  // or "fp32"
  std::string json{};          // file; "" writes none
  int threads = 0;             // 0 leaves the library's choice
  std::string filter{};        // of operators' names
  bool is_tuning = false;      // of matrix products
  std::string gemm_plans{};    // file of them; "" keeps none
  std::string profiles{};      // folder; "" makes none
  std::string roofline{};      // file; "" draws none
  LatencyOptions latency{};
  ThroughputOptions throughput{};
};

/// Declares the verbs below `app`, which must not outlive `options`. Numbers outside their range
/// and words that mean nothing are CLI11's errors.
void declare_latency(CLI::App& app, Options& options);
void declare_throughput(CLI::App& app, Options& options);
void declare_kernels(CLI::App& app, Options& options);

}  // namespace mono::bench
