#include "tasks/judge_prompts.h"

#include <array>
#include <utility>

#include "model/adapter.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/text/python_text.h"
#include "tasks/text/sha256.h"

namespace mono::tasks {
namespace {

/// \returns what is wrong with the text, "" if it is the known one.
std::string difference(const PromptTemplate& known, std::string_view text) {
  const auto hashed = known.hashed_as.empty() ? std::string(text)
                                              : filled_prompt(text, known.rule, known.hashed_as);
  const auto sha256 = sha256_hex(hashed);
  if (sha256 == known.sha256) return "";
  return "expected the text of " + std::string(known.source) + ", " +
         std::to_string(known.num_characters) + " characters with SHA-256 " +
         std::string(known.sha256) + "; got " + std::to_string(length(hashed)) +
         " characters with SHA-256 " + sha256;
}

}  // namespace

std::string filled_prompt(std::string_view text, SlotRule rule,
                          std::span<const std::string_view> slots) {
  std::string prompt;
  switch (rule) {
    case SlotRule::kBraces: {
      constexpr std::string_view kSlot = "{}";
      for (const auto slot : slots) {
        const size_t place = text.find(kSlot);
        if (place == std::string_view::npos) break;
        prompt.append(text.substr(0, place)).append(slot);
        text.remove_prefix(place + kSlot.size());
      }
      return prompt.append(text);
    }
    case SlotRule::kColumns:
      prompt.append(text).append("\n");
      for (const auto slot : slots) prompt.append(slot).append(" | ");
      return prompt;
    case SlotRule::kExample:
      prompt.append(strip(text));
      for (const auto slot : slots) prompt.append("\n\n").append(slot);
      return prompt.append("\n\nExtracted answer: ");
  }
  model::fail<std::runtime_error>("unknown slot rule");
}

std::span<const PromptTemplate> prompt_templates() {
  static const std::array<PromptTemplate, 7> templates = {{
      {.name = "vek-option-en",
       .source = "open-compass/VLMEvalKit vlmeval/dataset/utils/multiple_choice.py",
       .num_slots = 3,
       .num_characters = 764,
       .sha256 = "133b2beaa0ce149aab95c6d01d4629f034e8861c723fc302ab3853a41e690c86"},
      {.name = "vek-option-zh",
       .source = "open-compass/VLMEvalKit vlmeval/dataset/utils/multiple_choice.py",
       .num_slots = 3,
       .num_characters = 298,
       .sha256 = "6cd5198da4ff3d4179a6db5bf17eeb181fa9e55caba876e632f7c583ac0eeb7c"},
      {.name = "vek-yorn",
       .source = "open-compass/VLMEvalKit vlmeval/dataset/utils/yorn.py",
       .num_slots = 2,
       .num_characters = 707,
       .sha256 = "716c90fbf15fd5121199b207187faae67c26b0ee4c697b4a7e91ef84026d092a"},
      {.name = "mmvet-official",
       .source = "yuweihao/MM-Vet mm-vet_evaluator.py",
       .rule = SlotRule::kColumns,
       .num_slots = 3,
       .num_characters = 2290,
       .sha256 = "d1b3e0a5b4e72c888b77164489d705bba4dd149934fff564dfba6443d81afe3f"},
      {.name = "mmvet-vek",
       .source = "open-compass/VLMEvalKit vlmeval/dataset/utils/mmvet.py",
       .rule = SlotRule::kColumns,
       .num_slots = 3,
       .num_characters = 2291,
       .sha256 = "f3e131e1d998e890676bda56a63e404f601cb5166293b1ab0c9fafd9d8567323"},
      {.name = "mathvista-ivl",
       .source = "OpenGVLab/InternVL internvl_chat/eval/mathvista/prompts/ext_ans.py",
       .rule = SlotRule::kExample,
       .num_slots = 2,
       .num_characters = 1698,
       .sha256 = "a231722ced09cbd1f3fd16630ab58bf487f12e2f46ea0b26d1f2f6b5c50fb17c"},
      {.name = "mathvista-vek",
       .source = "open-compass/VLMEvalKit vlmeval/dataset/utils/mathvista.py",
       .num_slots = 2,
       .hashed_as = {"Q", "P"},
       .num_characters = 1745,
       .sha256 = "63a84c24875ca011e5363a178b15750cbbdf5d19c0443786d430f77cb26de87b"},
  }};
  return templates;
}

JudgePrompts::JudgePrompts(const std::filesystem::path& folder,
                           std::span<const PromptTemplate> known) {
  if (!std::filesystem::is_directory(folder)) {
    model::fail(folder.string(), ": expected a folder of judge prompts, got none");
  }
  for (const auto& one : known) {
    const auto path = folder / (std::string(one.name) + ".txt");
    if (!std::filesystem::exists(path)) continue;
    const auto file = MappedFile::open(path);
    const auto text = difference(one, file->text());
    if (!text.empty()) model::fail(path.string(), ": ", text);
    texts_.emplace(one.name, Text{one, std::string(file->text())});
  }
  if (texts_.empty()) {
    model::fail(folder.string(), ": expected judge prompts, ", known.front().name,
                ".txt for one, got none");
  }
}

std::optional<std::string> JudgePrompts::prompt(const JudgeCall& call) const {
  const auto found = texts_.find(call.prompt);
  if (found == texts_.end()) return std::nullopt;
  const auto& [known, text] = found->second;
  if (call.slots.size() != known.num_slots) {
    model::fail<std::runtime_error>("judge prompt ", call.prompt, ": expected ", known.num_slots,
                                    " slots, got ", call.slots.size());
  }
  const std::vector<std::string_view> slots(call.slots.begin(), call.slots.end());
  return filled_prompt(text, known.rule, slots);
}

}  // namespace mono::tasks
