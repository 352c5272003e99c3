#include "model/text/qwen2_tokenizer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "model/text/byte_level_files.h"
#include "model/text/byte_pair_merger.h"
#include "model/text/clean_up.h"
#include "model/text/json_file.h"
#include "model/text/unicode_text.h"

namespace mono::model {

namespace {

/// The words of Qwen2: the pattern of tokenizer_json.cc in PCRE2's syntax. White space is written
/// out, because PCRE2's \s holds U+180E too, which is none since Unicode 6.3. Quantifiers are
/// possessive wherever going back cannot help.
std::string word_pattern() {
  constexpr const char* kSpaces =
      R"(\t-\r \x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000})";
  return fmt::format(R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}++|\p{{N}})"
                     R"(| ?[^{0}\p{{L}}\p{{N}}]++[\r\n]*+|[{0}]*[\r\n]++|[{0}]+(?![^{0}])|[{0}]++)",
                     kSpaces);
}

/// Refuses what would change ids or texts and is not implemented.
const nlohmann::json& check_config(const nlohmann::json& config, const std::string& where) {
  const auto name = config.find("tokenizer_class");
  if (name != config.end() && *name != "Qwen2Tokenizer" && *name != "Qwen2TokenizerFast") {
    fail(where, ": tokenizer_class is ", name->dump(), ", supported is \"Qwen2Tokenizer\"");
  }
  const auto errors = config.find("errors");
  if (errors != config.end() && *errors != "replace") {
    fail(where, ": errors is ", errors->dump(), ", supported is \"replace\"");
  }
  for (const auto* const flag : {"add_prefix_space", "split_special_tokens"}) {
    if (json_flag(config, flag, false, where)) fail(where, ": ", flag, " is not supported");
  }
  return config;
}
const nlohmann::json& check_config(nlohmann::json&&, const std::string&) = delete;

}  // namespace

Qwen2Tokenizer::Qwen2Tokenizer(const TokenizerFiles& files, const TokenizerOptions& options)
    : Qwen2Tokenizer(files, read_json_object(files.config), read_byte_level_files(files, options)) {
}

Qwen2Tokenizer::Qwen2Tokenizer(const TokenizerFiles& files, const nlohmann::json& config,
                               ByteLevelFiles read)
    : vocabulary_(std::move(read.vocabulary)),
      added_(files, check_config(config, files.config.string()), read.added_tokens,
             [this](std::string_view token) { return vocabulary_.find_token(token); }),
      words_(word_pattern()) {
  const auto config_name = files.config.string();
  cleans_up_ = json_flag(config, "clean_up_tokenization_spaces", false, config_name);
  const auto& vocabulary_file = files.merges.empty() ? files.tokenizer_json : files.merges;
  vocab_size_ = added_.extended_size(vocabulary_.size(), vocabulary_file.string());
  is_special_ = added_.special_ids(vocab_size_);
  const auto pad = added_.named("pad_token");
  if (!pad) fail(config_name, ": no 'pad_token'");
  pad_id_ = added_.ids().at(*pad);
}

std::vector<int64_t> Qwen2Tokenizer::encode(std::string_view text, bool /*adds_bos*/) const {
  const auto composed = compose_nfc(replace_malformed_utf8(text));
  std::vector<int64_t> ids;
  BytePairMerger merger(vocabulary_);
  for (const auto& segment : added_.split(composed)) {
    if (segment.token) {
      ids.push_back(*segment.token);
    } else {
      words_.for_each_word(segment.text, [&](std::string_view word) { merger.encode(word, ids); });
    }
  }
  return ids;
}

std::string Qwen2Tokenizer::decode(std::span<const int64_t> ids, bool skips_special) const {
  std::string bytes;
  for (const auto id : ids) {
    if (id < 0 || id >= vocab_size_) fail("token id ", id, " is none of the ", vocab_size_, " ids");
    if (skips_special && is_special_[static_cast<size_t>(id)]) continue;
    const auto added = added_.texts().find(id);
    bytes += added != added_.texts().end() ? added->second : vocabulary_.bytes(id);
  }
  auto text = replace_malformed_utf8(bytes);
  if (cleans_up_) clean_up_blanks(text);
  return text;
}

std::optional<int64_t> Qwen2Tokenizer::token_id(std::string_view token) const {
  const auto added = added_.ids().find(token);
  return added != added_.ids().end() ? added->second : vocabulary_.find_token(token);
}

}  // namespace mono::model
