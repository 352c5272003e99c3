#include "evaluator/bench/command_line.h"

#include <charconv>
#include <cstdint>

namespace mono::bench {
namespace {

constexpr int kMostTiles = 1000;
constexpr int kMostTokens = 1 << 20;
constexpr int kMostAtOnce = 4096;
constexpr int kMostThreads = 4096;
constexpr int kMostDevices = 128;  // what LibTorch can count

/// "" for a device that could exist, else what is wrong.
std::string fault_of_device(const std::string& device) {
  constexpr std::string_view kNumbered = "cuda:";
  if (device == "cpu" || device == "cuda") return "";
  int index = -1;
  const auto* const end = device.data() + device.size();
  if (device.starts_with(kNumbered) &&
      std::from_chars(device.data() + kNumbered.size(), end, index).ptr == end && index >= 0 &&
      index < kMostDevices) {
    return "";
  }
  return "expected cpu, cuda or cuda:N, got '" + device + "'";
}

void add_common(CLI::App& verb, Options& options) {
  verb.add_option("--device", options.device, "cpu, cuda or cuda:N")
      ->check(CLI::Validator(fault_of_device, ""))
      ->capture_default_str();
  verb.add_option("--dtype", options.dtype, "bf16 or fp32")
      ->check(CLI::IsMember({"bf16", "fp32"}))
      ->capture_default_str();
  verb.add_option("--threads", options.threads, "0 leaves the library's choice")
      ->check(CLI::Range(0, kMostThreads))
      ->capture_default_str();
  verb.add_option("--gemm-plans", options.gemm_plans,
                  "file of a GPU's plans for matrix products: read where it exists, then written");
  verb.add_option("--json", options.json, "file for the measurements, as google/benchmark's");
}

void add_models(CLI::App& verb, Options& options) {
  verb.add_option("--model", options.models, "NAME=CHECKPOINT, repeatable; the first is the base")
      ->required();
  add_common(verb, options);
  verb.add_option(
          "--modes", options.modes,
          "free, deterministic (both round as the reference does), fast (free, rounding less); "
          "free and deterministic also with -unrecorded behind: no recorded prompts; "
          "comma-separated")
      ->delimiter(',')
      ->check(
          CLI::IsMember({kFree, kDeterministic, kFast, kFreeUnrecorded, kDeterministicUnrecorded}))
      ->capture_default_str();
}

void add_count(CLI::App& verb, const std::string& name, auto& value, const std::string& meaning) {
  verb.add_option(name, value, meaning)->check(CLI::PositiveNumber)->capture_default_str();
}

CLI::Option* add_tiles(CLI::App& verb, auto& value, const std::string& meaning) {
  return verb.add_option("--tiles", value, meaning)
      ->check(CLI::Range(0, kMostTiles))
      ->capture_default_str();
}

}  // namespace

void declare_kernels(CLI::App& app, Options& options) {
  auto* verb = app.add_subcommand(
      "kernels", "each operator at the shapes of Mono-InternVL-2B, beside the machine's floor");
  add_common(*verb, options);
  verb->add_option("--filter", options.filter, "only operators whose name holds this");
  verb->add_flag("--tune-gemm", options.is_tuning, "time cuBLASLt's proposals, take the fastest");
  verb->footer("Example:\n  mono-bench kernels --device cuda --filter attention");
}

void declare_latency(CLI::App& app, Options& options) {
  auto* verb = app.add_subcommand(
      "latency", "time to the first token and per token, in turns, beside the machine's floor");
  add_models(*verb, options);
  auto& latency = options.latency;
  add_tiles(*verb, latency.tile_counts, "tiles of the picture, comma-separated; 0: text alone")
      ->delimiter(',');
  add_count(*verb, "--text-tokens", latency.num_text_tokens, "of the prompt beside the tiles");
  verb->add_option("--totals", latency.totals,
                   "tokens of whole prompts, of which at least 256 are text, comma-separated; "
                   "without --tiles only these")
      ->check(CLI::Range(1, kMostTokens))
      ->delimiter(',');
  verb->add_option("--concurrency", latency.concurrencies,
                   "requests asked at once, comma-separated")
      ->check(CLI::Range(1, kMostAtOnce))
      ->delimiter(',')
      ->capture_default_str();
  add_count(*verb, "--new-tokens", latency.new_tokens, "of the answer");
  add_count(*verb, "--repetitions", latency.repetitions, "of each shape");
  verb->add_option("--profile", options.profiles,
                   "folder for Chrome traces; also prints where each call spent its time");
  verb->add_option("--roofline", options.roofline,
                   "SVG file: each stage of one request at a time below the machine's roof");
  verb->callback([verb, &latency] {
    if (verb->count("--totals") > 0 && verb->count("--tiles") == 0) latency.tile_counts.clear();
  });
  verb->footer(
      "Examples:\n  mono-eval bench latency --model mono=mono-2b --model internvl=internvl-1.5-2b\n"
      "As in the paper's table:\n  mono-eval bench latency --model mono=mono-2b --model "
      "internvl=internvl-1.5-2b --totals 1024,2048,4096 --concurrency 1,16 --new-tokens 120");
}

void declare_throughput(CLI::App& app, Options& options) {
  auto* verb = app.add_subcommand(
      "throughput", "answers a second, many requests together beside one after the other");
  add_models(*verb, options);
  auto& throughput = options.throughput;
  add_count(*verb, "--items", throughput.num_items, "requests");
  add_count(*verb, "--alone", throughput.num_alone, "of them also one after the other");
  add_tiles(*verb, throughput.num_tiles, "tiles of each picture; 0: text alone");
  add_count(*verb, "--text-tokens", throughput.num_text_tokens, "of each prompt");
  add_count(*verb, "--new-tokens", throughput.new_tokens, "of each answer");
  add_count(*verb, "--batch", throughput.batch, "answers in the making at a time");
  add_count(*verb, "--repetitions", throughput.repetitions, "of the whole");
  verb->footer("Example:\n  mono-bench throughput --model mono=mono-2b --device cuda --items 256");
}

}  // namespace mono::bench
