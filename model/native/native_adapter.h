#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "model/adapter.h"

namespace mono::model {

/// How a checkpoint is run; the text forms of the command line.
struct NativeOptions {
  std::string device = "cpu";      // "cpu", "cuda", "cuda:1"
  std::string dtype = "bf16";      // "bf16" or "fp32"
  std::string registration{};      // "v2.0" or "v1.5"; "" takes what the folder's name implies
  bool loses_hash_merges = false;  // TokenizerOptions::loses_hash_merges
  bool is_deterministic = true;    // no answer depends on what is asked beside it
  bool is_fast = false;            // operators round their results alone; of a GPU's kind of pass
  int batch_size = 16;             // answers in the making at a time
  bool reuses_prefixes = true;     // questions about the same pictures read them once
  std::string gemm_plans{};        // file of a GPU's plans for products; "" chooses anew
  int prepare_threads = 0;         // that read pictures and prompts; 0 is num_prepare_threads()
};

/// A checkpoint folder answered by this engine, several requests at a time.
/// \throws SetupError if the folder is unsound; UsageError for a bad option.
std::unique_ptr<ModelAdapter> open_checkpoint(const std::filesystem::path& checkpoint,
                                              const NativeOptions& options);

/// How VLMEvalKit registers the model a folder is named after: "v1.5" for InternVL-Chat-V1-5 and
/// Mini-InternVL-Chat-2B-V1-5 and -4B-V1-5, whatever their case, else "v2.0". No field of
/// config.json tells them apart.
///
/// Source: open-compass/VLMEvalKit@e8e78f0, vlmeval/config.py, `internvl` series.
std::string implied_registration(const std::filesystem::path& checkpoint);

/// SHA-256 over every file of a checkpoint folder that decides its answers, by name and content:
/// config.json, the tokenizer's files and the weights.
std::string checkpoint_fingerprint(const std::filesystem::path& checkpoint);

}  // namespace mono::model
