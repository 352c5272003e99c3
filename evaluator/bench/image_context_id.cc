#include "evaluator/bench/image_context_id.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "model/adapter.h"
#include "model/json_text.h"

namespace mono::bench {
namespace {

constexpr const char* kToken = "<IMG_CONTEXT>";

using Json = nlohmann::json;
using Id = std::optional<int64_t>;

Json read(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return Json::object();
  auto json =
      model::parse_json(std::string(std::istreambuf_iterator<char>(file), {}), path.string());
  if (!json.is_object()) model::fail(path.string(), ": expected a JSON object");
  return json;
}

Id integer(const Json& json) {
  return json.is_number_integer() ? Id(json.get<int64_t>()) : Id();
}

bool is_token(const Json& json) {
  return json.is_object() && json.contains("content") && json.at("content") == kToken;
}

Id in_added_tokens(const Json& json) {
  const auto found = json.find(kToken);
  return found == json.end() ? Id() : integer(*found);
}

// {"added_tokens_decoder": {"92546": {"content": "<IMG_CONTEXT>"}}}
Id in_tokenizer_config(const Json& json) {
  const auto tokens = json.find("added_tokens_decoder");
  if (tokens == json.end() || !tokens->is_object()) return {};
  for (const auto& [id, token] : tokens->items()) {
    int64_t number = -1;
    const auto* const end = id.data() + id.size();
    const bool is_number = std::from_chars(id.data(), end, number).ptr == end && !id.empty();
    if (is_number && is_token(token)) return number;
  }
  return {};
}

// {"added_tokens": [{"id": 151667, "content": "<IMG_CONTEXT>"}]}
Id in_tokenizer(const Json& json) {
  const auto tokens = json.find("added_tokens");
  if (tokens == json.end() || !tokens->is_array()) return {};
  for (const auto& token : *tokens) {
    if (is_token(token) && token.contains("id")) return integer(token.at("id"));
  }
  return {};
}

}  // namespace

int64_t stored_image_context_id(const std::filesystem::path& checkpoint) {
  if (const auto id = in_added_tokens(read(checkpoint / "added_tokens.json"))) return *id;
  if (const auto id = in_tokenizer_config(read(checkpoint / "tokenizer_config.json"))) return *id;
  if (const auto id = in_tokenizer(read(checkpoint / "tokenizer.json"))) return *id;
  model::fail(checkpoint.string(), ": no ", kToken,
              " in added_tokens.json, tokenizer_config.json or tokenizer.json");
}

}  // namespace mono::bench
