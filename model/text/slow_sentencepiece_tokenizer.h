#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/added_tokens.h"
#include "model/text/sentencepiece_model.h"
#include "model/text/tokenizer.h"

namespace mono::model {

/// What the slow tokenizers over a SentencePiece model share (`use_fast=False`): added tokens
/// around it, BOS and EOS where the configuration asks for them, and how runs of ids become text.
///
/// Source: Transformers 4.37.2, tokenization_utils.py.
class SlowSentencePieceTokenizer : public Tokenizer {
 public:
  std::vector<int64_t> encode(std::string_view text, bool adds_bos) const final;
  std::string decode(std::span<const int64_t> ids, bool skips_special) const final;
  std::optional<int64_t> token_id(std::string_view token) const final;
  int64_t vocab_size() const final { return vocab_size_; }
  int64_t pad_id() const final { return pad_id_; }

 protected:
  /// \param config       The parsed tokenizer_config.json.
  /// \param white_space  Whether added tokens may swallow the white space around them.
  SlowSentencePieceTokenizer(const TokenizerFiles& files, const nlohmann::json& config,
                             SentencePieceModel model, WhiteSpace white_space);

  /// Appends the ids of a whole text, without BOS and EOS.
  virtual void encode_text(std::string_view text, std::vector<int64_t>& ids) const = 0;

  /// The text of a run of ids without added tokens that stand alone; not empty.
  virtual std::string join(std::span<const int64_t> ids) const = 0;

  /// The last step over a whole text.
  virtual void finish(std::string& /*text*/) const {}

  const SentencePieceModel& model() const { return model_; }
  const AddedTokens& added() const { return added_; }
  bool is_special(int64_t id) const { return is_special_[static_cast<size_t>(id)]; }

 private:
  bool stands_alone(int64_t id) const;

  SentencePieceModel model_;
  AddedTokens added_;
  std::optional<int64_t> bos_id_{};  // where the checkpoint asks for it
  std::optional<int64_t> eos_id_{};  // likewise
  int64_t pad_id_ = 0;
  int64_t vocab_size_ = 0;
  std::vector<bool> is_special_{};  // [vocab_size]
};

}  // namespace mono::model
