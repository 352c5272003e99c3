#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/tiny_tokenizer.h"

namespace mono::tests {

/// 256 "ab", 257 " ab", 258 "##", 259 "## "; the bytes before them.
inline constexpr const char* kTinyMerges =
    "#version: 0.2\n"
    "a b\n"
    "\u0120 ab\n"
    "# #\n"
    "## \u0120\n";

/// On top: 260 "<|end|>", 261 "<img>", 262 "<img>x" and 263 "<tool>", which is not special.
inline nlohmann::json tiny_byte_level_config() {
  return nlohmann::json::parse(R"({
    "added_tokens_decoder": {
      "260": {"content": "<|end|>", "lstrip": false, "special": true},
      "261": {"content": "<img>", "special": true},
      "262": {"content": "<img>x", "special": true},
      "263": {"content": "<tool>", "special": false}
    },
    "additional_special_tokens": ["<img>", "<img>x"],
    "bos_token": null, "eos_token": "<|end|>", "pad_token": "<|end|>",
    "tokenizer_class": "Qwen2Tokenizer"
  })");
}

/// The UTF-8 of a character below U+0800.
inline std::string utf8(int character) {
  if (character < 0x80) return {static_cast<char>(character)};
  return {static_cast<char>(0xC0 | character >> 6), static_cast<char>(0x80 | (character & 0x3F))};
}

/// The same vocabulary as a tokenizer.json, laid out as the published Qwen2 ones.
inline nlohmann::json tiny_tokenizer_json() {
  auto tokenizer = nlohmann::json::parse(R"#({
    "version": "1.0",
    "added_tokens": [
      {"id": 260, "content": "<|end|>", "single_word": false, "lstrip": false, "rstrip": false,
       "normalized": false, "special": true}
    ],
    "normalizer": {"type": "NFC"},
    "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
      {"type": "Split", "pattern": {"Regex": ""}, "behavior": "Isolated", "invert": false},
      {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}
    ]},
    "model": {"type": "BPE", "dropout": null, "continuing_subword_prefix": "",
              "end_of_word_suffix": "", "byte_fallback": false,
              "merges": ["a b", "\u0120 ab", "# #", "## \u0120"]}
  })#");
  tokenizer["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] =
      R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N})"
      R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
  auto& vocabulary = tokenizer["model"]["vocab"];
  int id = 0;
  for (int c = 0x21; c <= 0x7E; ++c) vocabulary[utf8(c)] = id++;
  for (int c = 0xA1; c <= 0xFF; ++c) {
    if (c != 0xAD) vocabulary[utf8(c)] = id++;
  }
  for (int c = 0x100; id < 256; ++c) vocabulary[utf8(c)] = id++;
  for (const auto* const token : {"ab", "\u0120ab", "##", "##\u0120"}) vocabulary[token] = id++;
  return tokenizer;
}

}  // namespace mono::tests
