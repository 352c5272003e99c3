#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/text/tokenizer.h"
#include "tests/tiny_tokenizer.h"

namespace mono::tests {

/// The tokens added to the Qwen2 vocabulary; the first has id 151643, the others follow.
struct Qwen2AddedTokens {
  std::string name{};  // as golden/chat calls the tokenizer
  std::vector<std::string> special{};
  std::vector<std::string> ordinary{};  // not special; they follow the control tokens
  std::vector<std::string> image{};     // special; last
};

/// As golden/tokenizer/README.md and golden/chat/README.md list them.
inline const std::vector<Qwen2AddedTokens>& qwen2_added_tokens() {
  static const std::vector<std::string> kImage = {"<img>",  "</img>",  "<IMG_CONTEXT>",
                                                  "<quad>", "</quad>", "<ref>",
                                                  "</ref>", "<box>",   "</box>"};
  static const std::vector<Qwen2AddedTokens> kTokenizers = {
      {.name = "qwen2_internvl3",
       .special = {"<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>",
                   "<|object_ref_end|>", "<|box_start|>", "<|box_end|>", "<|quad_start|>",
                   "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
                   "<|image_pad|>", "<|video_pad|>"},
       .ordinary = {"<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>",
                    "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"},
       .image = kImage},
      {.name = "qwen2_internvl2",
       .special = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"},
       .image = kImage}};
  return kTokenizers;
}

/// The tokenizer_config.json of such a tokenizer.
inline nlohmann::json qwen2_config(const Qwen2AddedTokens& added) {
  nlohmann::json decoder;
  nlohmann::json additional = nlohmann::json::array();
  int id = 151643;
  const auto add = [&](const std::vector<std::string>& tokens, bool is_special) {
    for (const auto& token : tokens) {
      decoder[std::to_string(id++)] = {{"content", token}, {"special", is_special}};
      if (is_special) additional.push_back(token);
    }
  };
  add(added.special, true);
  add(added.ordinary, false);
  add(added.image, true);
  return {{"added_tokens_decoder", decoder},
          {"additional_special_tokens", additional},
          {"bos_token", nullptr},
          {"eos_token", "<|im_end|>"},
          {"pad_token", "<|endoftext|>"},
          {"unk_token", nullptr},
          {"errors", "replace"},
          {"clean_up_tokenization_spaces", false},
          {"tokenizer_class", "Qwen2Tokenizer"}};
}

/// One of those tokenizers over the merges of `folder`; null if there is no merges.txt.
inline std::unique_ptr<model::Tokenizer> load_qwen2(const std::filesystem::path& folder,
                                                    const Qwen2AddedTokens& added,
                                                    const model::TokenizerOptions& options = {}) {
  const auto merges = folder / "merges.txt";
  if (!std::filesystem::exists(merges)) return nullptr;
  auto file_name = added.name;
  file_name += std::to_string(getpid());
  const auto config = std::filesystem::path(testing::TempDir()) / file_name;
  write_file(config, qwen2_config(added).dump());
  auto tokenizer = model::load_tokenizer({.merges = merges, .config = config}, options);
  std::filesystem::remove(config);
  return tokenizer;
}

}  // namespace mono::tests
