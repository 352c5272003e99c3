#include "results/markdown.h"

#include <algorithm>
#include <string_view>

namespace mono::results {

namespace {

constexpr const char* kNothingShown = "<!-- -->";

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}
bool is_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}
bool is_word(char byte) {
  return is_digit(byte) || is_letter(byte) || byte == '_';
}
bool is_blank(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}
bool is_hex(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f');
}
bool is_in_emoji_name(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'z') || byte == '_' || byte == '+' ||
         byte == '-';
}

/// A time like 12:30:45 has none: of the names in digits alone there are two.
bool begins_emoji_name(std::string_view rest) {
  const auto* const end = std::find_if_not(rest.begin(), rest.end(), is_in_emoji_name);
  if (end == rest.begin() || end == rest.end() || *end != ':') return false;
  const auto name = rest.substr(0, static_cast<size_t>(end - rest.begin()));
  return name == "100" || name == "1234" || !std::all_of(name.begin(), name.end(), is_digit);
}

bool ends_with_issue_prefix(std::string_view before) {
  if (before.size() < 2) return false;
  const char first = before[before.size() - 2], second = before.back();
  if ((first != 'G' && first != 'g') || (second != 'H' && second != 'h')) return false;
  return before.size() == 2 || !is_word(before[before.size() - 3]);
}

/// Whether a word like an abbreviated or whole SHA-1 begins there.
bool begins_commit(std::string_view before, std::string_view word_and_rest) {
  if (!before.empty() && is_word(before.back())) return false;
  const auto* const end = std::find_if_not(word_and_rest.begin(), word_and_rest.end(), is_hex);
  const auto length = end - word_and_rest.begin();
  return length >= 7 && length <= 40 && (end == word_and_rest.end() || !is_word(*end));
}

/// Whether GitHub would make something of the characters on both sides of the end of
/// `content[at]`, which it looks for in the text that Markdown leaves, where no backslash counts.
bool must_be_parted_behind(std::string_view content, size_t at) {
  const auto before = content.substr(0, at);
  const auto rest = content.substr(at + 1);
  const char next = rest.empty() ? ' ' : rest.front();
  switch (content[at]) {
    case '@':
      return is_word(next);
    case '#':
      return is_digit(next);
    case ':':
      return rest.starts_with("//") || begins_emoji_name(rest);
    case '-':
      return is_digit(next) && ends_with_issue_prefix(before);
    case 'w':
      return next == '.' && before.ends_with("ww");
    default:
      return begins_commit(before, content.substr(at));
  }
}

/// The place of a character that makes the beginning of a line a list, rule or underline; npos
/// where there is none.
size_t block_marker(std::string_view content) {
  const auto ends_marker = [&](size_t at) { return at >= content.size() || is_blank(content[at]); };
  if (content.empty()) return std::string_view::npos;
  const char first = content.front();
  if (first == '-' || first == '+' || first == '=') {
    const bool is_doubled = content.size() > 1 && content[1] == first;
    return ends_marker(1) || is_doubled ? 0 : std::string_view::npos;
  }
  const auto digits = static_cast<size_t>(
      std::find_if_not(content.begin(), content.end(), is_digit) - content.begin());
  const bool is_item = digits > 0 && digits < content.size() &&
                       (content[digits] == '.' || content[digits] == ')') &&
                       ends_marker(digits + 1);
  return is_item ? digits : std::string_view::npos;
}

std::string shown(char byte) {
  switch (byte) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '$':
      return "<span>$</span>";
    case '\n':
    case '\r':
      return " ";
    default:
      break;
  }
  constexpr std::string_view kMarks = R"(\`*_~|[]#)";
  const bool is_mark = kMarks.find(byte) != std::string_view::npos;
  return is_mark ? std::string{'\\', byte} : std::string{byte};
}

}  // namespace

std::string markdown_text(const std::string& content) {
  std::string text;
  const auto marker = block_marker(content);
  for (size_t i = 0; i < content.size(); ++i) {
    if (i == 0 && is_blank(content[i])) {
      text += "&#32;";
      continue;
    }
    if (i == marker) text += '\\';
    text += shown(content[i]);
    if (must_be_parted_behind(content, i)) text += kNothingShown;
  }
  return text;
}

}  // namespace mono::results
