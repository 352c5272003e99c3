#include "model/text/slow_sentencepiece_tokenizer.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "model/adapter.h"
#include "model/text/json_file.h"

namespace mono::model {

SlowSentencePieceTokenizer::SlowSentencePieceTokenizer(const TokenizerFiles& files,
                                                       const nlohmann::json& config,
                                                       SentencePieceModel model,
                                                       WhiteSpace white_space)
    : model_(std::move(model)),
      added_(
          files, config, nlohmann::json::array(),
          [this](std::string_view piece) { return model_.piece_id(piece); }, white_space) {
  const auto model_name = files.model.string();
  const auto config_name = files.config.string();
  if (json_flag(config, "add_bos_token", true, config_name)) {
    bos_id_ = model_.bos_id();
    if (!bos_id_) fail(model_name, ": no BOS piece, but add_bos_token is true");
  }
  if (json_flag(config, "add_eos_token", false, config_name)) {
    eos_id_ = model_.eos_id();
    if (!eos_id_) fail(model_name, ": no EOS piece, but add_eos_token is true");
  }
  vocab_size_ = added_.extended_size(model_.size(), model_name);
  is_special_ = added_.special_ids(vocab_size_);
  const auto pad = added_.named("pad_token");
  if (!pad) fail(config_name, ": no 'pad_token'");
  pad_id_ = added_.ids().at(*pad);
}

std::vector<int64_t> SlowSentencePieceTokenizer::encode(std::string_view text,
                                                        bool adds_bos) const {
  std::vector<int64_t> ids;
  if (bos_id_ && adds_bos) ids.push_back(*bos_id_);
  encode_text(text, ids);
  if (eos_id_) ids.push_back(*eos_id_);
  return ids;
}

std::string SlowSentencePieceTokenizer::decode(std::span<const int64_t> ids,
                                               bool skips_special) const {
  std::string text;
  std::vector<int64_t> run;
  bool is_first = true;
  const auto append = [&](const std::string& part) {
    if (!is_first) text += ' ';
    text += part;
    is_first = false;
  };
  for (const auto id : ids) {
    if (id < 0 || id >= vocab_size_) fail("token id ", id, " is none of the ", vocab_size_, " ids");
    if (skips_special && is_special(id)) continue;
    if (!stands_alone(id)) {
      run.push_back(id);
      continue;
    }
    if (const auto joined = join(run); !joined.empty()) append(joined);
    run.clear();
    append(added_.texts().at(id));
  }
  if (!run.empty()) append(join(run));
  finish(text);
  return text;
}

std::optional<int64_t> SlowSentencePieceTokenizer::token_id(std::string_view token) const {
  const auto added = added_.ids().find(token);
  return added != added_.ids().end() ? added->second : model_.piece_id(token);
}

/// Whether the reference joins this token to its neighbours with spaces instead of decoding it in
/// a run: added tokens that are not special, and additional special ones beyond the model's pieces.
bool SlowSentencePieceTokenizer::stands_alone(int64_t id) const {
  const auto added = added_.texts().find(id);
  if (added == added_.texts().end()) return false;
  return !is_special(id) || (id >= model_.size() && added_.additional().contains(added->second));
}

}  // namespace mono::model
