#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluator/bench/report.h"
#include "model/adapter.h"

// What a machine without OpenCV and SentencePiece runs: times of checkpoints, nothing else.
namespace mono::bench {
namespace {

constexpr int kUsage = 2;
constexpr int kSetup = 3;

struct Options {
  std::vector<std::string> models{};
  std::string device = "cpu";
  std::string dtype = "bf16";
  std::string json{};
  int threads = 0;
  LatencyOptions latency{};
};

int run_latency(const Options& options) {
  if (options.threads > 0) at::set_num_threads(options.threads);
  const auto dtype = options.dtype == "fp32" ? at::kFloat : at::kBFloat16;
  std::vector<Contender> contenders;
  for (const auto& text : options.models) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      model::fail<model::UsageError>("--model: expected NAME=CHECKPOINT, got '", text, "'");
    }
    for (const bool is_deterministic : {false, true}) {
      contenders.push_back(open_contender(text.substr(0, equals), text.substr(equals + 1),
                                          {.device = at::Device(options.device),
                                           .dtype = dtype,
                                           .is_deterministic = is_deterministic}));
    }
  }
  const auto rows = measure_latency(contenders, options.latency, at::Device(options.device), dtype);
  std::fputs(latency_table(contenders, rows).c_str(), stdout);
  if (!options.json.empty()) {
    std::ofstream file(options.json);
    file << latency_json(contenders, rows).dump(2) << "\n";
    if (!file.flush()) model::fail(options.json, ": cannot write");
  }
  return 0;
}

}  // namespace
}  // namespace mono::bench

int main(int argc, char** argv) {
  CLI::App app("mono-bench: how fast checkpoints answer on this machine", "mono-bench");
  app.require_subcommand(1);
  mono::bench::Options options;
  auto* verb = app.add_subcommand(
      "latency", "time to the first token and per token, in turns, beside the machine's floor");
  verb->add_option("--model", options.models, "NAME=CHECKPOINT, repeatable; the first is the base")
      ->required();
  verb->add_option("--device", options.device, "cpu")->capture_default_str();
  verb->add_option("--dtype", options.dtype, "bf16 or fp32")
      ->check(CLI::IsMember({"bf16", "fp32"}))
      ->capture_default_str();
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
  verb->add_option("--threads", options.threads, "0 leaves the library's choice")
      ->capture_default_str();
  verb->add_option("--json", options.json, "file for the measurements, as google/benchmark's");
  verb->footer(
      "Example:\n  mono-bench latency --model mono=mono-2b --model internvl=internvl-1.5-2b");
  try {
    app.parse(argc, argv);
    return mono::bench::run_latency(options);
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
