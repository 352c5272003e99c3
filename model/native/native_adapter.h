#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "model/adapter.h"

namespace mono::model {

/// How a checkpoint is run; the text forms of the command line.
struct NativeOptions {
  std::string device = "cpu";    // "cpu", "cuda", "cuda:1"
  std::string dtype = "bf16";    // "bf16" or "fp32"
  std::string registration{};    // "v2.0" or "v1.5"; "" takes what the checkpoint implies
  bool is_deterministic = true;  // no answer depends on what is asked beside it
  int batch_size = 16;           // answers in the making at a time
  bool reuses_prefixes = true;   // questions about the same pictures read them once
};

/// A checkpoint folder answered by this engine, several requests at a time.
/// \throws SetupError if the folder is unsound; UsageError for a bad option.
std::unique_ptr<ModelAdapter> open_checkpoint(const std::filesystem::path& checkpoint,
                                              const NativeOptions& options);

/// SHA-256 over every file of a checkpoint folder that decides its answers, by name and content:
/// config.json, the tokenizer's files and the weights.
std::string checkpoint_fingerprint(const std::filesystem::path& checkpoint);

}  // namespace mono::model
