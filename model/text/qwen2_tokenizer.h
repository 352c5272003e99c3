#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "model/text/added_tokens.h"
#include "model/text/byte_level_vocabulary.h"
#include "model/text/split_pattern.h"
#include "model/text/tokenizer.h"

namespace mono::model {

struct ByteLevelFiles;

/// The slow tokenizer of Qwen2 (`use_fast=False`): byte-level BPE over text in normalization
/// form C, without BOS.
///
/// The text is composed before added tokens are looked for, so that one whose last character
/// composes with what follows it is none; the fast class looks for them first.
/// Malformed UTF-8, which a Python text cannot hold, counts as U+FFFD.
/// Source: huggingface/transformers v4.37.2, src/transformers/models/qwen2/tokenization_qwen2.py.
class Qwen2Tokenizer final : public Tokenizer {
 public:
  Qwen2Tokenizer(const TokenizerFiles& files, const TokenizerOptions& options);

  std::vector<int64_t> encode(std::string_view text, bool adds_bos) const override;
  std::string decode(std::span<const int64_t> ids, bool skips_special) const override;
  std::optional<int64_t> token_id(std::string_view token) const override;
  int64_t vocab_size() const override { return vocab_size_; }
  int64_t pad_id() const override { return pad_id_; }

 private:
  Qwen2Tokenizer(const TokenizerFiles& files, const nlohmann::json& config, ByteLevelFiles read);

  ByteLevelVocabulary vocabulary_;
  AddedTokens added_;
  SplitPattern words_;
  bool cleans_up_ = false;
  int64_t pad_id_ = 0;
  int64_t vocab_size_ = 0;
  std::vector<bool> is_special_{};  // [vocab_size]
};

}  // namespace mono::model
