#include "model/text/added_tokens.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "model/text/json_file.h"
#include "model/text/python_strip.h"
#include "model/text/tokenizer.h"

namespace mono::model {

namespace {

constexpr const char* kNamedTokens[] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                        "pad_token", "cls_token", "mask_token"};

/// The text of a token written as a string or as an object with `content`.
std::string token_text(const nlohmann::json& token, const std::string& where) {
  const auto* content = &token;
  if (token.is_object() && token.contains("content")) content = &token.at("content");
  if (!content->is_string() || content->get_ref<const std::string&>().empty()) {
    fail(where, ": a token must be a text or an object with 'content', got ", token.dump());
  }
  return content->get<std::string>();
}

int64_t parse_id(const std::string& digits, const std::string& where) {
  int64_t id = -1;
  const auto* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, id);
  if (error != std::errc() || stop != end || id < 0) {
    fail(where, ": '", digits, "' is no token id");
  }
  return id;
}

}  // namespace

AddedTokens::AddedTokens(const TokenizerFiles& files, const nlohmann::json& config,
                         const nlohmann::json& listed, const PieceLookup& piece_id,
                         WhiteSpace white_space)
    : white_space_(white_space) {
  const auto config_name = files.config.string();
  read_added_tokens_decoder(config, config_name);
  read_listed(listed, files.tokenizer_json.string());
  if (!files.added_tokens.empty()) {
    const auto where = files.added_tokens.string();
    const auto added = read_json_object(files.added_tokens);
    for (const auto& [text, id] : added.items()) {
      if (!id.is_number_unsigned()) fail(where, ": '", text, "' has no id: ", id.dump());
      add(id.get<int64_t>(), text, where);
    }
  }
  read_special_tokens(config, config_name);
  if (!files.special_tokens_map.empty()) {
    read_special_tokens(read_json_object(files.special_tokens_map),
                        files.special_tokens_map.string());
  }
  add_special_pieces(piece_id, config_name);
  index_first_bytes();
}

void AddedTokens::add(int64_t id, const std::string& text, const std::string& where) {
  if (text.empty()) fail(where, ": token id ", id, " has an empty text");
  const auto by_text = ids_.emplace(text, id).first;
  if (by_text->second != id) {
    fail(where, ": token '", text, "' has id ", id, ", elsewhere ", by_text->second);
  }
  const auto by_id = texts_.emplace(id, text).first;
  if (by_id->second != text) {
    fail(where, ": token id ", id, " is '", text, "', elsewhere '", by_id->second, "'");
  }
}

void AddedTokens::read_flags(const nlohmann::json& token, const std::string& text,
                             const std::string& where) {
  for (const auto* const flag : {"lstrip", "rstrip", "single_word"}) {
    if (!token.contains(flag) || token.at(flag) == false) continue;
    const bool is_known = token.at(flag) == true && std::string_view(flag) != "single_word";
    if (white_space_ == WhiteSpace::kKept || !is_known) {
      fail(where, ": token ", token.at("content").dump(), " sets '", flag,
           "', which is not supported");
    }
    (std::string_view(flag) == "lstrip" ? swallows_left_ : swallows_right_).insert(text);
  }
}

void AddedTokens::read_added_tokens_decoder(const nlohmann::json& config,
                                            const std::string& where) {
  if (!config.contains("added_tokens_decoder")) return;
  const auto& decoder = config.at("added_tokens_decoder");
  if (!decoder.is_object()) fail(where, ": 'added_tokens_decoder' is no object");
  for (const auto& [digits, token] : decoder.items()) {
    const auto text = token_text(token, where);
    if (token.is_object()) read_flags(token, text, where);
    add(parse_id(digits, where), text, where);
  }
}

void AddedTokens::read_listed(const nlohmann::json& listed, const std::string& where) {
  if (!listed.is_array()) fail(where, ": 'added_tokens' is no list");
  for (const auto& token : listed) {
    const auto text = token_text(token, where);
    const auto id = token.find("id");
    if (id == token.end() || !id->is_number_unsigned()) {
      fail(where, ": added token '", text, "' has no id: ", token.dump());
    }
    read_flags(token, text, where);
    add(id->get<int64_t>(), text, where);
  }
}

void AddedTokens::read_special_tokens(const nlohmann::json& map, const std::string& where) {
  for (const auto* const name : kNamedTokens) {
    if (!map.contains(name) || map.at(name).is_null()) continue;
    const auto text = token_text(map.at(name), where);
    const auto known = named_.emplace(name, text).first;
    if (known->second != text) {
      fail(where, ": ", name, " is '", text, "', elsewhere '", known->second, "'");
    }
    special_.insert(text);
  }
  const auto additional = map.find("additional_special_tokens");
  if (additional == map.end() || additional->is_null()) return;
  if (!additional->is_array()) fail(where, ": 'additional_special_tokens' is no list");
  for (const auto& token : *additional) {
    const auto text = token_text(token, where);
    special_.insert(text);
    additional_.insert(text);
  }
}

void AddedTokens::add_special_pieces(const PieceLookup& piece_id, const std::string& where) {
  for (const auto& text : special_) {
    if (ids_.contains(text)) continue;
    const auto id = piece_id(text);
    if (!id) fail(where, ": special token '", text, "' has no id in any file");
    add(*id, text, where);
  }
}

void AddedTokens::index_first_bytes() {
  by_first_byte_.resize(256);
  for (const auto& [text, id] : ids_) {
    by_first_byte_[static_cast<unsigned char>(text.front())].emplace_back(text, id);
  }
  for (auto& tokens : by_first_byte_) {
    std::stable_sort(tokens.begin(), tokens.end(),
                     [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  }
}

int64_t AddedTokens::extended_size(int64_t num_pieces, const std::string& where) const {
  int64_t size = num_pieces;
  for (const auto& [id, text] : texts_) {
    if (id > size) {
      fail(where, ": holds the ids below ", num_pieces, ", but the first added token beyond ",
           size - 1, " is '", text, "' with id ", id, "; wrong file or cut short");
    }
    if (id == size) ++size;
  }
  return size;
}

std::vector<bool> AddedTokens::special_ids(int64_t num_ids) const {
  std::vector<bool> are_special(static_cast<size_t>(num_ids));
  for (const auto& text : special_) are_special.at(static_cast<size_t>(ids_.at(text))) = true;
  return are_special;
}

std::optional<std::string> AddedTokens::named(std::string_view name) const {
  const auto found = named_.find(name);
  return found == named_.end() ? std::nullopt : std::optional(found->second);
}

std::string_view AddedTokens::without_swallowed(std::string_view text,
                                                std::optional<int64_t> before,
                                                std::optional<int64_t> after) const {
  if (before && swallows_right_.contains(texts_.at(*before))) text = python_lstrip(text);
  if (after && swallows_left_.contains(texts_.at(*after))) text = python_rstrip(text);
  return text;
}

std::vector<TextSegment> AddedTokens::split(std::string_view text) const {
  std::vector<TextSegment> segments;
  size_t begin = 0;  // of the ordinary text not yet handed out
  std::optional<int64_t> before;
  const auto hand_out = [&](size_t end, std::optional<int64_t> after) {
    const auto ordinary = without_swallowed(text.substr(begin, end - begin), before, after);
    if (!ordinary.empty()) segments.push_back({.text = ordinary});
  };
  for (size_t at = 0; at < text.size();) {
    const auto& candidates = by_first_byte_[static_cast<unsigned char>(text[at])];
    const auto token = std::find_if(
        candidates.begin(), candidates.end(),
        [&](const auto& candidate) { return text.substr(at).starts_with(candidate.first); });
    if (token == candidates.end()) {
      ++at;
      continue;
    }
    hand_out(at, token->second);
    segments.push_back({.text = text.substr(at, token->first.size()), .token = token->second});
    before = token->second;
    at += token->first.size();
    begin = at;
  }
  hand_out(text.size(), std::nullopt);
  return segments;
}

}  // namespace mono::model
