#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

namespace mono::model {

/// The parts of a tokenizer.json that differ between Qwen2 tokenizers.
struct TokenizerJson {
  nlohmann::json vocabulary{};    // an object from token to id
  nlohmann::json merges{};        // a list, by rank
  nlohmann::json added_tokens{};  // a list; not looked into
};

/// Reads tokenizer.json and checks that all else in it is as in the published Qwen2 tokenizers:
/// normalization form C, their pattern, bytes, merges by rank alone.
/// \throws SetupError naming the file and the field that is different, or the line that is no JSON.
TokenizerJson read_tokenizer_json(const std::filesystem::path& path);

}  // namespace mono::model
