#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/judge.h"

namespace mono::tasks {

/// How a template and what fills its slots become a prompt.
enum class SlotRule {
  kBraces,   // each `{}` of the template, in order, replaced by a slot
  kColumns,  // behind the template: newline, the slots and an empty one joined by ` | `
  kExample,  // behind the stripped template: each slot and `Extracted answer: ` after a blank line
};

/// A judge's prompt template as upstream has it: known by length and SHA-256 alone, since its text
/// is another project's.
struct PromptTemplate {
  std::string_view name{};
  std::string_view source{};  // where upstream keeps the text
  SlotRule rule = SlotRule::kBraces;
  size_t num_slots = 0;
  std::vector<std::string_view> hashed_as{};  // slots filled before hashing; none: not filled
  size_t num_characters = 0;                  // code points of what is hashed
  std::string_view sha256{};
};

/// All templates that profiles name.
std::span<const PromptTemplate> prompt_templates();

/// A template with its slots filled.
std::string filled_prompt(std::string_view text, SlotRule rule,
                          std::span<const std::string_view> slots);

/// The texts of judge prompts, from a folder of files `<template's name>.txt` that
/// scripts/judge_prompts.py makes. Templates whose file is not there are not at hand.
class JudgePrompts {
 public:
  JudgePrompts() = default;

  /// \throws model::SetupError if the folder or every file is absent, or if a file's text is not
  ///         the known one: expected and found length and SHA-256.
  explicit JudgePrompts(const std::filesystem::path& folder,
                        std::span<const PromptTemplate> known = prompt_templates());

  bool has(std::string_view name) const { return texts_.contains(name); }

  /// The prompt a call asks, without its suffix.
  /// \returns nothing where the template's text is not at hand.
  /// \throws std::runtime_error if the call has another number of slots than its template.
  std::optional<std::string> prompt(const JudgeCall& call) const;

 private:
  struct Text {
    PromptTemplate known{};
    std::string text{};
  };
  std::map<std::string, Text, std::less<>> texts_{};
};

}  // namespace mono::tasks
