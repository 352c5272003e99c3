#include "evaluator/verbs/native_options.h"

#include <CLI/CLI.hpp>

#include "evaluator/verbs/verbs.h"

namespace mono::evaluator {
namespace {

constexpr int kMostPrepareThreads = 256;

}  // namespace

void add_arithmetic_options(CLI::App& verb, model::NativeOptions& options) {
  verb.add_option("--device", options.device, "cpu or cuda")->capture_default_str();
  verb.add_option("--dtype", options.dtype, "bf16 or fp32")->capture_default_str();
  verb.add_flag("--fast", options.is_fast,
                "round the result of each fused step alone, not where the reference rounds");
  verb.add_flag(both_spellings("--lose-hash-merges"), options.loses_hash_merges,
                "drop merges that begin with #, as Transformers 4.37.2 did reading merges.txt");
}

void add_native_options(CLI::App& verb, model::NativeOptions& options) {
  add_arithmetic_options(verb, options);
  verb.add_option("--registration", options.registration,
                  "v2.0 or v1.5; default: what the folder's name implies");
  verb.add_option(both_spellings("--batch-size"), options.batch_size,
                  "answers in the making at a time; changes no answer in deterministic mode")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  verb.add_flag("--deterministic,!--no-deterministic,!--no_deterministic", options.is_deterministic,
                "answers do not depend on batch, order or neighbours (default)");
  verb.add_flag("--prefix-reuse,!--no-prefix-reuse,!--no_prefix_reuse", options.reuses_prefixes,
                "questions about the same pictures read them once (default)");
  verb.add_option(both_spellings("--gemm-plans"), options.gemm_plans,
                  "file of a GPU's plans for matrix products: read where it exists, kept up to "
                  "date; runs with one file multiply alike");
  verb.add_option(both_spellings("--prepare-threads"), options.prepare_threads,
                  "threads that read pictures and prompts, the next ones while the present ones "
                  "are answered; default: one a processor, 8 at most")
      ->check(CLI::Range(1, kMostPrepareThreads));
}

}  // namespace mono::evaluator
