#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluator/bench/kernels.h"
#include "evaluator/bench/report.h"
#include "kernels/gemm_tuner.h"
#include "model/adapter.h"
#include "model/device_arithmetic.h"

// What a machine without OpenCV and SentencePiece runs: times of checkpoints, nothing else.
namespace mono::bench {
namespace {

constexpr int kUsage = 2;
constexpr int kSetup = 3;
constexpr const char* kFree = "free";
constexpr const char* kDeterministic = "deterministic";

struct Options {
  std::vector<std::string> models{};
  std::vector<std::string> modes{kFree, kDeterministic};
  std::string device = "cpu";
  std::string dtype = "bf16";
  std::string json{};
  int threads = 0;
  std::string filter{};    // of operators' names
  bool is_tuning = false;  // of matrix products
  std::string profiles{};  // folder
  LatencyOptions latency{};
};

at::ScalarType dtype_of(const Options& options) {
  return options.dtype == "fp32" ? at::kFloat : at::kBFloat16;
}

void write(const std::string& path, const nlohmann::ordered_json& json) {
  if (path.empty()) return;
  std::ofstream file(path);
  file << json.dump(2) << "\n";
  if (!file.flush()) model::fail(path, ": cannot write");
}

at::Device device_of(const Options& options) {
  const at::Device device(options.device);
  if (device.is_cuda() && !at::hasCUDA()) {
    model::fail("--device ", options.device, ": no CUDA device on this machine");
  }
  return device;
}

int run_kernels(const Options& options) {
  if (options.threads > 0) at::set_num_threads(options.threads);
  const auto device = device_of(options);
  model::settle_arithmetic(device);
  kernels::set_gemm_tuning(options.is_tuning);
  const auto times = measure_kernels(device, dtype_of(options), options.filter);
  std::fputs(kernel_table(times).c_str(), stdout);
  write(options.json, kernel_json(times));
  return 0;
}

int run_latency(const Options& options) {
  if (options.threads > 0) at::set_num_threads(options.threads);
  const auto dtype = dtype_of(options);
  const auto device = device_of(options);
  std::vector<Contender> contenders;
  for (const auto& text : options.models) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      model::fail<model::UsageError>("--model: expected NAME=CHECKPOINT, got '", text, "'");
    }
    for (const auto& mode : options.modes) {
      const bool is_deterministic = mode == kDeterministic;
      contenders.push_back(
          open_contender(text.substr(0, equals), text.substr(equals + 1),
                         {.device = device, .dtype = dtype, .is_deterministic = is_deterministic}));
    }
  }
  const auto rows = measure_latency(contenders, options.latency, device, dtype);
  std::fputs(latency_table(contenders, rows).c_str(), stdout);
  write(options.json, latency_json(contenders, rows));
  if (!options.profiles.empty()) {
    std::fputs(
        profile_latency(contenders, options.latency, device, dtype, options.profiles).c_str(),
        stdout);
  }
  return 0;
}

}  // namespace
}  // namespace mono::bench

namespace mono::bench {
namespace {

/// What both verbs take.
void add_common(CLI::App& verb, Options& options) {
  verb.add_option("--device", options.device, "cpu, cuda or cuda:N")->capture_default_str();
  verb.add_option("--dtype", options.dtype, "bf16 or fp32")
      ->check(CLI::IsMember({"bf16", "fp32"}))
      ->capture_default_str();
  verb.add_option("--threads", options.threads, "0 leaves the library's choice")
      ->capture_default_str();
  verb.add_option("--json", options.json, "file for the measurements, as google/benchmark's");
}

void add_kernels(CLI::App& app, Options& options) {
  auto* verb = app.add_subcommand(
      "kernels", "each operator at the shapes of Mono-InternVL-2B, beside the machine's floor");
  add_common(*verb, options);
  verb->add_option("--filter", options.filter, "only operators whose name holds this");
  verb->add_flag("--tune-gemm", options.is_tuning, "time cuBLASLt's proposals, take the fastest");
  verb->footer("Example:\n  mono-bench kernels --device cuda --filter attention");
}

void add_latency(CLI::App& app, Options& options) {
  auto* verb = app.add_subcommand(
      "latency", "time to the first token and per token, in turns, beside the machine's floor");
  verb->add_option("--model", options.models, "NAME=CHECKPOINT, repeatable; the first is the base")
      ->required();
  add_common(*verb, options);
  verb->add_option("--modes", options.modes, "free, deterministic or both, comma-separated")
      ->delimiter(',')
      ->check(CLI::IsMember({kFree, kDeterministic}));
  verb->add_option("--tiles", options.latency.tile_counts, "tiles of the picture, comma-separated")
      ->delimiter(',');
  verb->add_option("--text-tokens", options.latency.num_text_tokens)
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--new-tokens", options.latency.new_tokens)
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--repetitions", options.latency.repetitions)
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--profile", options.profiles,
                   "folder for Chrome traces; also prints where each call spent its time");
  verb->footer(
      "Example:\n  mono-bench latency --model mono=mono-2b --model internvl=internvl-1.5-2b");
}

}  // namespace
}  // namespace mono::bench

int main(int argc, char** argv) {
  CLI::App app("mono-bench: how fast checkpoints answer on this machine", "mono-bench");
  app.require_subcommand(1);
  mono::bench::Options options;
  mono::bench::add_latency(app, options);
  mono::bench::add_kernels(app, options);
  try {
    app.parse(argc, argv);
    return app.got_subcommand("kernels") ? mono::bench::run_kernels(options)
                                         : mono::bench::run_latency(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : mono::bench::kUsage;
  } catch (const mono::model::UsageError& error) {
    fmt::print(stderr, "mono-bench: {}\n", error.what());
    return mono::bench::kUsage;
  } catch (const mono::model::SetupError& error) {
    fmt::print(stderr, "mono-bench: {}\n", error.what());
    return mono::bench::kSetup;
  } catch (const std::exception& error) {
    fmt::print(stderr, "mono-bench: internal error: {}\n", error.what());
    return 1;
  }
}
