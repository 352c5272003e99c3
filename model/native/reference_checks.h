#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mono::model {

/// One fact about a checkpoint folder beside what the specification expects of Mono-InternVL-2B.
struct Check {
  std::string name{};
  std::string expected{};  // "" where nobody has published it
  std::string found{};     // "absent" where the folder says nothing

  bool is_known() const { return !expected.empty(); }
  bool holds() const { return !is_known() || expected == found; }
};

/// What the first owner of real weights should look at: sizes, template and epsilon of config.json,
/// ids of the special tokens, digest and encodings of the tokenizer, the system message of
/// conversation.py, tensors by count, parameters and bytes, names that hint at attention experts,
/// and every name and shape that does not fit config.json. What cannot be read at all is a check
/// that does not hold.
///
/// Expected values: OpenGVLab/Mono-InternVL@5b17ab4 and the published copies of the InternLM2
/// tokenizer; they are compared, never used.
std::vector<Check> reference_checks(const std::filesystem::path& checkpoint);

}  // namespace mono::model
