#include "tasks/text/python_text.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <limits>

#include "model/adapter.h"

namespace mono::tasks {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

using IcuMapping = void (*)(const char*, uint32_t, icu::StringPiece, icu::ByteSink&, icu::Edits*,
                            UErrorCode&);

std::string mapped(std::string_view text, IcuMapping mapping) {
  if (text.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    model::fail("case mapping: text of ", text.size(), " bytes, at most 2147483647 are possible");
  }
  std::string result;
  icu::StringByteSink<std::string> sink(&result, static_cast<int32_t>(text.size()));
  UErrorCode status = U_ZERO_ERROR;
  mapping("", 0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr,
          status);
  if (U_FAILURE(status)) model::fail("case mapping: ICU says ", u_errorName(status));
  return result;
}

size_t last_code_point_start(std::string_view text) {
  size_t start = text.size() - 1;
  while (start > 0 && (text[start] & 0xC0) == 0x80) --start;
  return start;
}

}  // namespace

bool is_python_space(char32_t c) {
  if (c < 0x80) return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_python_digit(char32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9';
  return u_charType(static_cast<UChar32>(c)) == U_DECIMAL_DIGIT_NUMBER;
}

char32_t next_code_point(std::string_view text, size_t& position) {
  const auto lead = static_cast<unsigned char>(text[position]);
  if (lead < 0x80) {
    ++position;
    return lead;
  }
  const auto* const bytes = reinterpret_cast<const uint8_t*>(text.data());
  const size_t start = position;
  UChar32 code_point = 0;
  // NOLINTNEXTLINE(bugprone-inc-dec-in-conditions): inside ICU's macro
  U8_NEXT(bytes, position, text.size(), code_point);
  if (code_point >= 0) return static_cast<char32_t>(code_point);
  position = start + 1;
  return 0xFFFD;
}

void append_code_point(std::string& text, char32_t c) {
  uint8_t bytes[U8_MAX_LENGTH];
  int32_t size = 0;
  U8_APPEND_UNSAFE(bytes, size, static_cast<UChar32>(c));
  text.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
}

std::string_view strip(std::string_view text) {
  while (!text.empty()) {
    size_t behind = 0;
    if (!is_python_space(next_code_point(text, behind))) break;
    text.remove_prefix(behind);
  }
  while (!text.empty()) {
    const size_t start = last_code_point_start(text);
    size_t behind = start;
    if (!is_python_space(next_code_point(text, behind)) || behind != text.size()) break;
    text.remove_suffix(text.size() - start);
  }
  return text;
}

std::vector<std::string_view> split_whitespace(std::string_view text) {
  std::vector<std::string_view> words;
  size_t word_start = 0;
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    if (!is_python_space(next_code_point(text, position))) continue;
    if (start > word_start) words.push_back(text.substr(word_start, start - word_start));
    word_start = position;
  }
  if (word_start < text.size()) words.push_back(text.substr(word_start));
  return words;
}

std::string lower(std::string_view text) {
  if (!is_ascii(text)) return mapped(text, icu::CaseMap::utf8ToLower);
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string upper(std::string_view text) {
  if (!is_ascii(text)) return mapped(text, icu::CaseMap::utf8ToUpper);
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

size_t length(std::string_view text) {
  size_t count = 0;
  for (size_t position = 0; position < text.size(); ++count) next_code_point(text, position);
  return count;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  result.reserve(text.size());
  for (size_t position = 0;;) {
    const size_t found = text.find(from, position);
    result.append(text.substr(position, found - position));
    if (found == std::string_view::npos) return result;
    result.append(to);
    position = found + from.size();
  }
}

}  // namespace mono::tasks
