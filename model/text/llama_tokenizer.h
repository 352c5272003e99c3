#pragma once

#include <string>

#include "model/text/slow_sentencepiece_tokenizer.h"

namespace mono::model {

/// The slow tokenizer of Llama (`use_fast=False`), which InternVL-1.2 and Phi-3 (InternVL2-4B) use.
///
/// With `legacy` (its default) each stretch between added tokens goes through the model by itself.
/// Without, the model's own dummy prefix is off, and the text gets one prefix in front, which is
/// dropped again where a special token follows it at once. Added tokens may swallow white space.
///
/// Source: huggingface/transformers v4.37.2, src/transformers/models/llama/tokenization_llama.py,
/// on top of tokenization_utils.py.
class LlamaTokenizer final : public SlowSentencePieceTokenizer {
 public:
  LlamaTokenizer(const TokenizerFiles& files, const nlohmann::json& config);

 private:
  void encode_text(std::string_view text, std::vector<int64_t>& ids) const override;
  std::string join(std::span<const int64_t> ids) const override;
  void finish(std::string& text) const override;
  void encode_segments(std::string_view text, std::vector<int64_t>& ids) const;
  void encode_stretch(std::string_view text, std::vector<int64_t>& ids) const;

  bool is_legacy_;
  bool cleans_up_;
  std::string unknown_{};      // the text of the unknown token
  size_t unknown_length_ = 0;  // ids it has as ordinary text
};

}  // namespace mono::model
