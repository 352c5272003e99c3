#include "model/text/llama_tokenizer.h"

#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "model/text/clean_up.h"
#include "model/text/json_file.h"

namespace mono::model {

namespace {

constexpr std::string_view kMark = "\xE2\x96\x81";  // U+2581, a blank in pieces

bool reads_legacy(const nlohmann::json& config, const TokenizerFiles& files) {
  const auto legacy = config.find("legacy");
  if (legacy == config.end() || legacy->is_null()) return true;
  return json_flag(config, "legacy", true, files.config.string());
}

std::string with_blanks(std::string_view text) {
  std::string blanks(text);
  for (size_t at = 0; (at = blanks.find(kMark, at)) != std::string::npos; ++at) {
    blanks.replace(at, kMark.size(), " ");
  }
  return blanks;
}

}  // namespace

LlamaTokenizer::LlamaTokenizer(const TokenizerFiles& files, const nlohmann::json& config)
    : SlowSentencePieceTokenizer(
          files, config,
          SentencePieceModel(files.model, reads_legacy(config, files) ? DummyPrefix::kAsStored
                                                                      : DummyPrefix::kNever),
          WhiteSpace::kSwallowed),
      is_legacy_(reads_legacy(config, files)),
      cleans_up_(json_flag(config, "clean_up_tokenization_spaces", false, files.config.string())) {
  const auto unknown = added().named("unk_token");
  if (!unknown) fail(files.config.string(), ": no 'unk_token'");
  unknown_ = *unknown;
  std::vector<int64_t> ids;
  model().encode(unknown_, ids);
  unknown_length_ = ids.size();
}

void LlamaTokenizer::encode_text(std::string_view text, std::vector<int64_t>& ids) const {
  if (is_legacy_ || text.empty()) return encode_segments(text, ids);

  std::vector<int64_t> all;
  encode_segments(std::string(kMark) + with_blanks(text), all);
  const auto mark = model().piece_id(kMark);
  const bool begins_with_mark = all.size() > 1 && mark && all.front() == *mark;
  if (begins_with_mark && is_special(all[1])) all.erase(all.begin());
  ids.insert(ids.end(), all.begin(), all.end());
}

void LlamaTokenizer::encode_segments(std::string_view text, std::vector<int64_t>& ids) const {
  for (const auto& segment : added().split(text)) {
    if (segment.token) {
      ids.push_back(*segment.token);
    } else {
      encode_stretch(segment.text, ids);
    }
  }
}

// Without its dummy prefix the model drops a blank at the beginning of a text, so one that begins
// with a blank is encoded behind the unknown token's text, whose ids are cut off again.
void LlamaTokenizer::encode_stretch(std::string_view text, std::vector<int64_t>& ids) const {
  const bool begins_with_blank = text.starts_with(kMark) || text.starts_with(' ');
  if (is_legacy_ || !begins_with_blank) return model().encode(text, ids);
  std::vector<int64_t> all;
  model().encode(unknown_ + std::string(text), all);
  const auto cut = all.size() >= unknown_length_ ? unknown_length_ : 0;
  ids.insert(ids.end(), all.begin() + static_cast<std::ptrdiff_t>(cut), all.end());
}

/// Special tokens as they are, under `legacy` with a space before the first of a row of them but at
/// the beginning; what is between goes through the model; the first piece without its blank.
std::string LlamaTokenizer::join(std::span<const int64_t> ids) const {
  std::string text;
  std::vector<std::string> pieces;
  bool follows_special = false;
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto known = added().texts().find(ids[i]);
    auto piece = known != added().texts().end() ? known->second : model().piece(ids[i]);
    if (i == 0 && piece.starts_with(kMark)) piece.erase(0, kMark.size());
    if (!is_special(ids[i])) {
      pieces.push_back(std::move(piece));
      follows_special = false;
      continue;
    }
    if (is_legacy_ && !follows_special && i != 0) text += ' ';
    text += model().decode_pieces(pieces) + piece;
    follows_special = true;
    pieces.clear();
  }
  text += model().decode_pieces(pieces);
  return text;
}

void LlamaTokenizer::finish(std::string& text) const {
  if (cleans_up_) clean_up_blanks(text);
}

}  // namespace mono::model
