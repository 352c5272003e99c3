#include "model/text/internlm2_tokenizer.h"

#include <nlohmann/json.hpp>

#include "model/text/clean_up.h"

namespace mono::model {

InternLm2Tokenizer::InternLm2Tokenizer(const TokenizerFiles& files, const nlohmann::json& config)
    : SlowSentencePieceTokenizer(files, config, SentencePieceModel(files.model),
                                 WhiteSpace::kKept) {}

void InternLm2Tokenizer::encode_text(std::string_view text, std::vector<int64_t>& ids) const {
  for (const auto& segment : added().split(text)) {
    if (segment.token) {
      ids.push_back(*segment.token);
    } else {
      model().encode(segment.text, ids);
    }
  }
}

/// Special tokens as they are, with a space before the first of a row of them; what is between goes
/// through the model; clean-up over the whole, whatever the configuration says.
std::string InternLm2Tokenizer::join(std::span<const int64_t> ids) const {
  std::string text;
  size_t begin = 0;
  bool follows_special = false;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!is_special(ids[i])) {
      follows_special = false;
      continue;
    }
    if (!follows_special) text += ' ';
    text += model().decode(ids.subspan(begin, i - begin));
    text += added().texts().at(ids[i]);
    follows_special = true;
    begin = i + 1;
  }
  text += model().decode(ids.subspan(begin));
  clean_up_blanks(text);
  return text;
}

}  // namespace mono::model
