#include "model/text/internlm2_tokenizer.h"

#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "model/text/clean_up.h"
#include "model/text/json_file.h"

namespace mono::model {

namespace {

constexpr std::string_view kClass = "InternLM2Tokenizer";

const nlohmann::json& check_class(const nlohmann::json& config, const TokenizerFiles& files) {
  const auto name = config.find("tokenizer_class");
  if (name != config.end() && *name != kClass) {
    fail(files.config.string(), ": tokenizer_class is ", name->dump(), ", supported is \"", kClass,
         "\"");
  }
  return config;
}

}  // namespace

InternLm2Tokenizer::InternLm2Tokenizer(const TokenizerFiles& files)
    : InternLm2Tokenizer(files, read_json_object(files.config)) {}

InternLm2Tokenizer::InternLm2Tokenizer(const TokenizerFiles& files, const nlohmann::json& config)
    : model_(files.model),
      added_(files, check_class(config, files), nlohmann::json::array(),
             [this](std::string_view piece) { return model_.piece_id(piece); }) {
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

std::vector<int64_t> InternLm2Tokenizer::encode(std::string_view text, bool adds_bos) const {
  std::vector<int64_t> ids;
  if (bos_id_ && adds_bos) ids.push_back(*bos_id_);
  for (const auto& segment : added_.split(text)) {
    if (segment.token) {
      ids.push_back(*segment.token);
    } else {
      model_.encode(segment.text, ids);
    }
  }
  if (eos_id_) ids.push_back(*eos_id_);
  return ids;
}

std::string InternLm2Tokenizer::decode(std::span<const int64_t> ids, bool skips_special) const {
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
  return text;
}

std::optional<int64_t> InternLm2Tokenizer::token_id(std::string_view token) const {
  const auto added = added_.ids().find(token);
  return added != added_.ids().end() ? added->second : model_.piece_id(token);
}

bool InternLm2Tokenizer::is_special(int64_t id) const {
  return is_special_[static_cast<size_t>(id)];
}

/// Whether the reference joins this token to its neighbours with spaces instead of decoding it in
/// a run: added tokens that are not special, and additional special ones beyond the model's pieces.
bool InternLm2Tokenizer::stands_alone(int64_t id) const {
  const auto added = added_.texts().find(id);
  if (added == added_.texts().end()) return false;
  return !is_special(id) || (id >= model_.size() && added_.additional().contains(added->second));
}

/// The text of a run: special tokens as they are, with a space before the first of a row of them;
/// what is between goes through the model; clean-up over the whole, whatever the configuration
/// says.
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
    text += model_.decode(ids.subspan(begin, i - begin));
    text += added_.texts().at(ids[i]);
    follows_special = true;
    begin = i + 1;
  }
  text += model_.decode(ids.subspan(begin));
  clean_up_blanks(text);
  return text;
}

}  // namespace mono::model
