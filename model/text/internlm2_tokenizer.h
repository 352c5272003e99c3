#pragma once

#include "model/text/slow_sentencepiece_tokenizer.h"

namespace mono::model {

/// The slow tokenizer of InternLM2 (`use_fast=False`), the one the reference uses.
///
/// Source: OpenGVLab/Mono-InternVL@5b17ab4, internvl/model/internlm2/tokenization_internlm2.py, on
/// top of Transformers 4.37.2, tokenization_utils.py.
class InternLm2Tokenizer final : public SlowSentencePieceTokenizer {
 public:
  InternLm2Tokenizer(const TokenizerFiles& files, const nlohmann::json& config);

 private:
  void encode_text(std::string_view text, std::vector<int64_t>& ids) const override;
  std::string join(std::span<const int64_t> ids) const override;
};

}  // namespace mono::model
