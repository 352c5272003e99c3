#include "evaluator/bench/verbs.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluator/bench/kernels.h"
#include "evaluator/bench/report.h"
#include "evaluator/bench/throughput.h"
#include "kernels/gemm_tuner.h"
#include "model/adapter.h"
#include "model/device_arithmetic.h"

namespace mono::bench {
namespace {

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
  ThroughputOptions throughput{};
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

void run_kernels(const Options& options) {
  if (options.threads > 0) at::set_num_threads(options.threads);
  const auto device = device_of(options);
  model::settle_arithmetic(device);
  kernels::set_gemm_tuning(options.is_tuning);
  const auto times = measure_kernels(device, dtype_of(options), options.filter);
  std::fputs(kernel_table(times).c_str(), stdout);
  write(options.json, kernel_json(times));
}

std::vector<Contender> open_contenders(const Options& options, at::Device device) {
  std::vector<Contender> contenders;
  for (const auto& text : options.models) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      model::fail<model::UsageError>("--model: expected NAME=CHECKPOINT, got '", text, "'");
    }
    for (const auto& mode : options.modes) {
      contenders.push_back(open_contender(text.substr(0, equals), text.substr(equals + 1),
                                          {.device = device,
                                           .dtype = dtype_of(options),
                                           .is_deterministic = mode == kDeterministic}));
    }
  }
  return contenders;
}

void run_latency(const Options& options) {
  if (options.threads > 0) at::set_num_threads(options.threads);
  const auto dtype = dtype_of(options);
  const auto device = device_of(options);
  if (!options.profiles.empty() && !device.is_cuda()) {
    model::fail<model::UsageError>("--profile: shows a GPU's kernels, expected --device cuda");
  }
  const auto contenders = open_contenders(options, device);
  const auto rows = measure_latency(contenders, options.latency, device, dtype);
  std::fputs(latency_table(contenders, rows).c_str(), stdout);
  write(options.json, latency_json(contenders, rows));
  if (options.profiles.empty()) return;
  std::fputs(profile_latency(contenders, options.latency, device, dtype, options.profiles).c_str(),
             stdout);
}

void run_throughput(const Options& options) {
  if (options.threads > 0) at::set_num_threads(options.threads);
  const auto contenders = open_contenders(options, device_of(options));
  const auto rows = measure_throughput(contenders, options.throughput);
  std::fputs(throughput_table(contenders, rows).c_str(), stdout);
  write(options.json, throughput_json(contenders, rows));
}

void add_common(CLI::App& verb, Options& options) {
  verb.add_option("--device", options.device, "cpu, cuda or cuda:N")->capture_default_str();
  verb.add_option("--dtype", options.dtype, "bf16 or fp32")
      ->check(CLI::IsMember({"bf16", "fp32"}))
      ->capture_default_str();
  verb.add_option("--threads", options.threads, "0 leaves the library's choice")
      ->capture_default_str();
  verb.add_option("--json", options.json, "file for the measurements, as google/benchmark's");
}

void add_models(CLI::App& verb, Options& options) {
  verb.add_option("--model", options.models, "NAME=CHECKPOINT, repeatable; the first is the base")
      ->required();
  add_common(verb, options);
  verb.add_option("--modes", options.modes, "free, deterministic or both, comma-separated")
      ->delimiter(',')
      ->check(CLI::IsMember({kFree, kDeterministic}));
}

void add_count(CLI::App& verb, const std::string& name, auto& value, const std::string& meaning) {
  verb.add_option(name, value, meaning)->check(CLI::PositiveNumber)->capture_default_str();
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
  add_models(*verb, options);
  auto& latency = options.latency;
  verb->add_option("--tiles", latency.tile_counts, "tiles of the picture, comma-separated")
      ->delimiter(',');
  add_count(*verb, "--text-tokens", latency.num_text_tokens, "of the prompt");
  add_count(*verb, "--new-tokens", latency.new_tokens, "of the answer");
  add_count(*verb, "--repetitions", latency.repetitions, "of each shape");
  verb->add_option("--profile", options.profiles,
                   "folder for Chrome traces; also prints where each call spent its time");
  verb->footer(
      "Example:\n  mono-eval bench latency --model mono=mono-2b --model internvl=internvl-1.5-2b");
}

void add_throughput(CLI::App& app, Options& options) {
  auto* verb = app.add_subcommand(
      "throughput", "answers a second, many requests together beside one after the other");
  add_models(*verb, options);
  auto& throughput = options.throughput;
  add_count(*verb, "--items", throughput.num_items, "requests");
  add_count(*verb, "--alone", throughput.num_alone, "of them also one after the other");
  add_count(*verb, "--tiles", throughput.num_tiles, "tiles of each picture");
  add_count(*verb, "--text-tokens", throughput.num_text_tokens, "of each prompt");
  add_count(*verb, "--new-tokens", throughput.new_tokens, "of each answer");
  add_count(*verb, "--batch", throughput.batch, "answers in the making at a time");
  add_count(*verb, "--repetitions", throughput.repetitions, "of the whole");
  verb->footer("Example:\n  mono-bench throughput --model mono=mono-2b --device cuda --items 256");
}

}  // namespace

void add_bench_verbs(CLI::App& app, BenchWork& work) {
  app.require_subcommand(1);
  const auto options = std::make_shared<Options>();
  add_latency(app, *options);
  add_throughput(app, *options);
  add_kernels(app, *options);
  work = [&app, options] {
    if (app.got_subcommand("kernels")) return run_kernels(*options);
    if (app.got_subcommand("throughput")) return run_throughput(*options);
    run_latency(*options);
  };
}

}  // namespace mono::bench
