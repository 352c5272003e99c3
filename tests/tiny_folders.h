#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/tiny_byte_level.h"
#include "tests/tiny_hugging_face.h"
#include "tests/tiny_tokenizer.h"

/// A whole checkpoint folder of each kind: configuration, random weights and a tokenizer that knows
/// every byte and the tokens of the chat templates.
namespace mono::tests {

inline nlohmann::json tiny_chat_tokens(const std::vector<std::string>& tokens, int first_id) {
  auto decoder = nlohmann::json::object();
  for (size_t i = 0; i < tokens.size(); ++i) {
    decoder[std::to_string(first_id + static_cast<int>(i))] = {{"content", tokens[i]},
                                                               {"special", true}};
  }
  return {{"added_tokens_decoder", decoder}, {"additional_special_tokens", tokens}};
}

/// Ids 0..258 a SentencePiece model of bytes, then the tokens of the templates.
/// \returns the number of ids
inline int64_t write_sentencepiece_chat_tokenizer(const std::filesystem::path& folder,
                                                  const char* class_name) {
  const std::vector<std::string> tokens = {"<img>",        "</img>",     "<IMG_CONTEXT>",
                                           "<|im_start|>", "<|im_end|>", "<|end|>"};
  auto config = tiny_chat_tokens(tokens, 259);
  config.update({{"bos_token", "<s>"},
                 {"eos_token", "</s>"},
                 {"pad_token", "</s>"},
                 {"unk_token", "<unk>"},
                 {"tokenizer_class", class_name}});
  write_file(folder / "tokenizer.model", TinySentencePiece().data());
  write_file(folder / "tokenizer_config.json", config.dump());
  return 259 + static_cast<int64_t>(tokens.size());
}

/// Ids 0..259 the bytes and four merges, then the tokens of the templates.
/// \returns the number of ids
inline int64_t write_byte_level_chat_tokenizer(const std::filesystem::path& folder) {
  const std::vector<std::string> tokens = {"<|endoftext|>", "<|im_start|>", "<|im_end|>",
                                           "<img>",         "</img>",       "<IMG_CONTEXT>"};
  auto config = tiny_chat_tokens(tokens, 260);
  config.update({{"bos_token", nullptr},
                 {"eos_token", "<|im_end|>"},
                 {"pad_token", "<|endoftext|>"},
                 {"tokenizer_class", "Qwen2Tokenizer"}});
  write_file(folder / "merges.txt", kTinyMerges);
  write_file(folder / "tokenizer_config.json", config.dump());
  return 260 + static_cast<int64_t>(tokens.size());
}

inline constexpr int64_t kTinyImageContextByteLevel = 265;

inline void write_model(const std::filesystem::path& folder, const nlohmann::json& config,
                        const NamedTensors& weights) {
  write_file(folder / "config.json", config.dump(1));
  write_tensors(folder / "model.safetensors", weights);
}

inline void write_model(const std::filesystem::path& folder, TinyModel model,
                        const std::string& chat_template) {
  model.config["template"] = chat_template;
  write_model(folder, model.config, tiny_weights(model));
}

/// Writes one folder for each kind of model below `root`.
/// \returns the folders' names
inline std::vector<std::string> write_every_kind(const std::filesystem::path& root) {
  std::vector<std::string> names;
  const auto folder = [&](const std::string& name) {
    names.push_back(name);
    std::filesystem::create_directories(root / name);
    return root / name;
  };
  const auto sentencepiece = [&](const std::string& name, auto make, const char* chat_template,
                                 const char* class_name = "InternLM2Tokenizer") {
    const auto path = folder(name);
    write_model(path, make(write_sentencepiece_chat_tokenizer(path, class_name)), chat_template);
  };
  const auto byte_level = [&](const std::string& name, auto make, const char* chat_template) {
    const auto path = folder(name);
    write_model(path, make(write_byte_level_chat_tokenizer(path)), chat_template);
  };
  sentencepiece("mono", tiny_mono, "internlm2-chat");
  sentencepiece("mono-1.5", tiny_mono15, "internlm2-chat");
  sentencepiece("internvl-1.2", tiny_llama, "Hermes-2", "LlamaTokenizer");
  sentencepiece("internvl-1.5", tiny_internvl15, "internlm2-chat");
  byte_level("internvl2-1b", tiny_qwen2, "Hermes-2");
  sentencepiece("internvl2-4b", tiny_phi3, "phi3-chat", "LlamaTokenizer");
  sentencepiece("internvl2.5", tiny_internvl15, "internvl2_5");
  byte_level("internvl3", tiny_qwen2, "internvl2_5");

  const auto hugging_face = folder("internvl3-hf");
  const auto vocab_size = write_byte_level_chat_tokenizer(hugging_face);
  write_model(hugging_face, tiny_hugging_face_config(vocab_size, kTinyImageContextByteLevel),
              in_hugging_face_layout(tiny_weights(tiny_qwen2(vocab_size))));
  return names;
}

}  // namespace mono::tests
