#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "model/text/added_tokens.h"
#include "model/text/sentencepiece_model.h"
#include "model/text/tokenizer.h"

namespace mono::model {

/// The slow tokenizer of InternLM2 (`use_fast=False`), the one the reference uses.
///
/// Source: OpenGVLab/Mono-InternVL@5b17ab4, internvl/model/internlm2/tokenization_internlm2.py, on
/// top of Transformers 4.37.2, tokenization_utils.py.
class InternLm2Tokenizer final : public Tokenizer {
 public:
  explicit InternLm2Tokenizer(const TokenizerFiles& files);

  std::vector<int64_t> encode(std::string_view text, bool adds_bos) const override;
  std::string decode(std::span<const int64_t> ids, bool skips_special) const override;
  std::optional<int64_t> token_id(std::string_view token) const override;
  int64_t vocab_size() const override { return vocab_size_; }
  int64_t pad_id() const override { return pad_id_; }

 private:
  InternLm2Tokenizer(const TokenizerFiles& files, const nlohmann::json& config);

  bool is_special(int64_t id) const;
  bool stands_alone(int64_t id) const;
  std::string join(std::span<const int64_t> ids) const;

  SentencePieceModel model_;
  AddedTokens added_;
  std::optional<int64_t> bos_id_{};  // where the checkpoint asks for it
  std::optional<int64_t> eos_id_{};  // likewise
  int64_t pad_id_ = 0;
  int64_t vocab_size_ = 0;
  std::vector<bool> is_special_{};  // [vocab_size]
};

}  // namespace mono::model
