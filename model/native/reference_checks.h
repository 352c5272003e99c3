#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mono::model {

/// One fact about a checkpoint folder beside what the specification expects of Mono-InternVL-2B.
struct Check {
  std::string name{};
  std::string expected{};
  std::string found{};  // "absent" where the folder says nothing

  bool holds() const { return expected == found; }
};

/// What the first owner of real weights should look at: sizes, template and epsilon of config.json,
/// ids of the special tokens, digest and encodings of the tokenizer, the system message of
/// conversation.py, tensors by count, parameters and bytes, and names that hint at attention
/// experts.
///
/// Expected values: OpenGVLab/Mono-InternVL@5b17ab4 and the published copies of the InternLM2
/// tokenizer; they are compared, never used.
/// \throws SetupError if config.json, the tokenizer or the weights cannot be read at all.
std::vector<Check> reference_checks(const std::filesystem::path& checkpoint);

}  // namespace mono::model
