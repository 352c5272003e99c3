#pragma once

#include <nlohmann/json.hpp>

#include "model/text/byte_level_vocabulary.h"
#include "model/text/tokenizer.h"

namespace mono::model {

/// What a byte-level tokenizer is made of.
struct ByteLevelFiles {
  ByteLevelVocabulary vocabulary{};
  nlohmann::json added_tokens = nlohmann::json::array();  // the list of tokenizer.json
};

/// Reads merges.txt, with vocab.json where there is one, or else tokenizer.json.
///
/// Without vocab.json ids 0..255 are the bytes in the order of `byte_order`, and 256 + i is what
/// the i-th merge makes.
/// \throws SetupError naming file and line, if a file is malformed or cut short, if ids of a
///         vocabulary have gaps, or if tokenizer.json describes anything but a Qwen2 tokenizer.
ByteLevelFiles read_byte_level_files(const TokenizerFiles& files, const TokenizerOptions& options);

}  // namespace mono::model
