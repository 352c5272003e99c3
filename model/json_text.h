#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "model/adapter.h"

namespace mono::model {

/// How many lists and objects of a JSON text may lie within one another: the library copies and
/// writes a value by calling itself once a level, and would leave the stack.
constexpr int kMaxJsonDepth = 100;
constexpr const char* kTooDeep =
    "expected at most 100 lists and objects within one another, got more";

/// Where a text opens one list or object too many within the others, in bytes. Only brackets and
/// quotes are looked at, so that the text need not be JSON.
inline std::optional<size_t> too_deep_at(std::string_view text) {
  int depth = 0;
  bool is_quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted) {
      if (c == '\\') ++i;
      if (c == '"') is_quoted = false;
    } else if (c == '"') {
      is_quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxJsonDepth) return i;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return std::nullopt;
}

/// \throws SetupError "<where>: line ..." if a text nests too deep to be read.
inline void refuse_too_deep(std::string_view text, const std::string& where) {
  const auto at = too_deep_at(text);
  if (!at) return;
  const auto before = text.substr(0, *at);
  fail(where, ": line ", 1 + std::count(before.begin(), before.end(), '\n'), ": ", kTooDeep);
}

/// The value of a JSON text; a discarded one where it is no JSON or nests too deep.
template <typename Json = nlohmann::json>
Json json_or_discarded(std::string_view text) {
  if (too_deep_at(text)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

/// JSON as a text, `indent` blanks a level. Names of files may be no UTF-8, JSON always is: each
/// byte that belongs to no character becomes U+FFFD.
template <typename Json>
std::string printed_json(const Json& json, int indent = 2) {
  return json.dump(indent, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

/// The value of a JSON text.
/// \throws SetupError "<where>: ..." if it is no JSON or nests too deep.
template <typename Json = nlohmann::json>
Json parse_json(std::string_view text, const std::string& where) {
  refuse_too_deep(text, where);
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::exception& cause) {
    fail(where, ": ", cause.what());
  }
}

}  // namespace mono::model
