#include "tasks/text/ptb_tokenizer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tasks/text/ptb_characters.h"
#include "tasks/text/ptb_signs.h"
#include "tasks/text/ptb_words.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

using ptb::at;
using ptb::Characters;

/// How a token's characters are shown.
enum class Shown { kAsTheyAre, kStraight, kEllipsis, kDash, kSmiley, kUnbroken };

struct Token {
  size_t length = 0;  // characters of the text
  Shown shown = Shown::kAsTheyAre;
};

std::string utf8(Characters characters) {
  std::string text;
  for (const char32_t c : characters) append_code_point(text, c);
  return text;
}

std::string_view bracket_name(char32_t c) {
  switch (c) {
    case '(':
      return "-LRB-";
    case ')':
      return "-RRB-";
    case '[':
      return "-LSB-";
    case ']':
      return "-RSB-";
    case '{':
      return "-LCB-";
    case '}':
      return "-RCB-";
    default:
      return "";
  }
}

/// What a character that is a token by itself is shown as; "" where it stands for itself.
std::string_view shown_alone(char32_t c) {
  if (ptb::is_among(c, U"\"“”„‟«»")) return "''";
  if (ptb::is_among(c, U"'‘’‚‛‹›")) return "'";
  switch (c) {
    case U'½':
      return "1/2";
    case U'¼':
      return "1/4";
    case U'¾':
      return "3/4";
    case U'£':
      return "#";
    case U'€':
      return "$";
    case U'¢':
      return "cents";
    default:
      return bracket_name(c);
  }
}

size_t named_bracket(Characters text, size_t start) {
  for (const char32_t c : Characters(U"()[]{}")) {
    const auto name = bracket_name(c);
    const auto there = text.substr(start, name.size());
    if (std::equal(there.begin(), there.end(), name.begin(), name.end())) return name.size();
  }
  return 0;
}

/// The longest token that begins there, the first of equally long ones.
Token longest_token(Characters text, size_t start) {
  Token token{1};
  const auto offer = [&](size_t length, Shown shown = Shown::kAsTheyAre) {
    const bool is_better = length > token.length || (length == 1 && token.length == 1);
    if (is_better) token = {length, shown};
  };
  offer(ptb::address(text, start));
  offer(ptb::markup(text, start));
  offer(ptb::verb_clitic(text, start), Shown::kStraight);
  offer(ptb::other_clitic(text, start));
  offer(ptb::apostrophe_word(text, start));
  offer(ptb::word(text, start));
  offer(ptb::alternatives(text, start));
  offer(ptb::mixed_number(text, start), Shown::kUnbroken);
  offer(ptb::abbreviation(text, start));
  offer(ptb::acronym(text, start));
  offer(ptb::number(text, start));
  offer(ptb::letter_and_sign(text, start));
  offer(ptb::smiley(text, start), Shown::kSmiley);
  offer(ptb::ellipsis(text, start), Shown::kEllipsis);
  offer(ptb::dash(text, start), Shown::kDash);
  offer(ptb::repeated(text, start));
  return token;
}

Token next_token(Characters text, size_t start) {
  if (const size_t stem = ptb::stem_before_not(text, start); stem > 0) return {stem};
  if (ptb::stands_at(text, start, "n't")) return {3, Shown::kStraight};
  if (ptb::stands_at(text, start, "y'") && ptb::is_letter(at(text, start + 2))) return {2};
  if (const size_t length = named_bracket(text, start); length > 0) return {length};
  constexpr size_t kFirstOfTwo = 3;
  const auto token = longest_token(text, start);
  const size_t both = ptb::double_word(text, start);
  return both > 0 && both >= token.length ? Token{kFirstOfTwo} : token;
}

std::string shown_text(Characters characters, Shown shown) {
  if (shown == Shown::kEllipsis) return "...";
  if (shown == Shown::kDash) return "--";
  if (characters.size() == 1) {
    const auto alone = shown_alone(characters.front());
    return alone.empty() ? utf8(characters) : std::string(alone);
  }
  const auto text = utf8(characters);
  if (shown == Shown::kStraight) return replace_all(text, "’", "'");
  if (shown == Shown::kUnbroken) return replace_all(text, " ", "\u00A0");
  const auto mouth = bracket_name(characters.back());
  const bool is_round = characters.back() == '(' || characters.back() == ')';
  if (shown != Shown::kSmiley || !is_round) return text;
  return text.substr(0, text.size() - 1).append(mouth);
}

/// All lines, each with a line end. What the tokenizer passes over becomes a blank; a soft hyphen
/// leaves no trace.
std::u32string text_of(std::span<const std::string> lines) {
  constexpr char32_t kLastKept = 0xFFFF;
  constexpr char32_t kFirstPrintable = 0x20;
  constexpr Characters kPassedOver = U"\u200B\uFEFF\u007F";
  std::u32string text;
  for (const auto& line : lines) {
    const auto plain = replace_all(line, "&amp;", "&");
    for (size_t position = 0; position < plain.size();) {
      const char32_t c = next_code_point(plain, position);
      if (c == U'\u00AD') continue;
      const bool is_kept = c > kFirstPrintable && c <= kLastKept && !ptb::is_blank(c) &&
                           !ptb::is_among(c, kPassedOver);
      text.push_back(is_kept ? c : U' ');
    }
    text.push_back(U'\n');
  }
  return text;
}

}  // namespace

std::vector<std::vector<std::string>> ptb_tokens(std::span<const std::string> lines) {
  const auto text = text_of(lines);
  std::vector<std::vector<std::string>> tokens(lines.size());
  size_t line = 0;
  for (size_t start = 0; start < text.size();) {
    if (text[start] == '\n') ++line;
    if (ptb::is_blank(text[start])) {
      ++start;
      continue;
    }
    const auto token = next_token(text, start);
    const auto characters = Characters(text).substr(start, token.length);
    tokens[line].push_back(lower(shown_text(characters, token.shown)));
    start += token.length;
  }
  return tokens;
}

bool is_caption_punctuation(std::string_view token) {
  constexpr std::array<std::string_view, 17> kPunctuation = {
      "''", "'", "``", "`", "-LRB-", "-RRB-", "-LCB-", "-RCB-", ".",
      "?",  "!", ",",  ":", "-",     "--",    "...",   ";"};
  return std::find(kPunctuation.begin(), kPunctuation.end(), token) != kPunctuation.end();
}

std::vector<std::string> tokenized_captions(std::span<const std::string> captions) {
  std::vector<std::string> texts;
  texts.reserve(captions.size());
  for (const auto& tokens : ptb_tokens(captions)) {
    std::string text;
    for (const auto& token : tokens) {
      if (is_caption_punctuation(token)) continue;
      if (!text.empty()) text.push_back(' ');
      text += token;
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace mono::tasks
