#include "tasks/text/ptb_signs.h"

#include <algorithm>
#include <array>

namespace mono::tasks::ptb {
namespace {

constexpr size_t kMaxDash = 4;      // longer runs of hyphens stay as they are
constexpr size_t kMaxEllipsis = 5;  // periods

bool is_address_character(char32_t c) {
  return !is_blank(c) && !is_among(c, U"\"<>|(){}");
}

size_t without_last(Characters text, size_t start, size_t length, Characters not_last) {
  while (length > 0 && is_among(text[start + length - 1], not_last)) --length;
  return length;
}

size_t web_address(Characters text, size_t start) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!stands_at(text, start, scheme)) continue;
    const size_t begin = start + scheme.size();
    const size_t length =
        without_last(text, begin, run(text, begin, is_address_character), U".,!?;:'-");
    if (length >= 2) return scheme.size() + length;
  }
  return 0;
}

/// `/path`
size_t path_behind(Characters text, size_t start) {
  if (at(text, start) != '/') return 0;
  const size_t length =
      without_last(text, start, run(text, start, is_address_character), U".,!?;:'-");
  return length >= 3 ? length : 0;
}

size_t host_label(Characters text, size_t start) {
  return joined(text, start, U"-", [](Characters there, size_t begin) {
    return run(there, begin, is_word_character);
  });
}

/// `www.` and any domain, or one of a few domains with a path; the rest are words already.
size_t host_name(Characters text, size_t start) {
  const bool has_www = stands_at(text, start, "www.");
  const size_t host = joined(text, start, U".", has_www ? host_label : letters_and_digits);
  constexpr std::array<std::string_view, 4> kDomains = {".com", ".net", ".org", ".edu"};
  const bool has_domain = std::any_of(kDomains.begin(), kDomains.end(), [&](auto domain) {
    return host > domain.size() && stands_at(text, start + host - domain.size(), domain);
  });
  const bool has_several_labels = has_www && host > 4;
  return has_domain || has_several_labels ? host + path_behind(text, start + host) : 0;
}

size_t mail_address(Characters text, size_t start) {
  const char32_t first = at(text, start);
  if (!is_ascii_letter(first) && !(first >= '0' && first <= '9')) return 0;
  const auto rest = text.substr(start, run(text, start, is_address_character));
  const size_t sign = rest.rfind('@');
  if (sign == Characters::npos || at(rest, sign + 1) == '.') return 0;
  const size_t end = std::min(rest.find(U"..", sign), rest.size());
  const size_t length = without_last(text, start, end, U".");
  return length > sign + 1 ? length : 0;
}

size_t handle(Characters text, size_t start) {
  const char32_t next = at(text, start + 1);
  if (at(text, start) == '#') return is_letter(next) ? 1 + letters(text, start + 1) : 0;
  if (at(text, start) != '@' || !(is_ascii_letter(next) || next == '_')) return 0;
  return 1 + run(text, start + 1, is_word_character);
}

/// How often the character there is repeated.
size_t repeats(Characters text, size_t start) {
  const char32_t sign = at(text, start);
  return run(text, start, [=](char32_t c) { return c == sign; });
}

}  // namespace

size_t address(Characters text, size_t start) {
  return std::max({web_address(text, start), host_name(text, start), mail_address(text, start),
                   handle(text, start)});
}

size_t markup(Characters text, size_t start) {
  if (at(text, start) != '<') return 0;
  const size_t name = start + (at(text, start + 1) == '/' ? 2 : 1);
  if (!is_letter(at(text, name))) return 0;
  const size_t rest = run(text, name, [](char32_t c) { return c != '>' && c != '\n'; });
  return at(text, name + rest) == '>' ? name + rest + 1 - start : 0;
}

size_t number(Characters text, size_t start) {
  const size_t begin = start + (is_among(at(text, start), U"+-") ? 1 : 0);
  size_t end = begin + digits(text, begin);
  while (is_among(at(text, end), U".,:")) {
    const size_t next = digits(text, end + 1);
    if (next == 0) break;
    end += 1 + next;
  }
  return end == begin ? 0 : end - start;
}

size_t letter_and_sign(Characters text, size_t start) {
  const size_t capitals = run(text, start, [](char32_t c) { return c >= 'A' && c <= 'Z'; });
  if (capitals >= 1 && capitals <= 3 && at(text, start + capitals) == '$') return capitals + 1;
  if (stands_at(text, start, "c++")) return 3;
  return stands_at(text, start, "c#") || stands_at(text, start, "f#") ? 2 : 0;
}

size_t smiley(Characters text, size_t start) {
  size_t end = start + (is_among(at(text, start), U"<>") ? 1 : 0);
  if (!is_among(at(text, end), U":;=")) return 0;
  ++end;
  if (is_among(at(text, end), U"-o*'")) ++end;
  if (!is_among(at(text, end), U"()[]{}@\\|dpDPO")) return 0;
  ++end;
  return is_letter_or_digit(at(text, end)) ? 0 : end - start;
}

size_t ellipsis(Characters text, size_t start) {
  if (at(text, start) == U'…') return 1;
  if (at(text, start) != '.') return 0;
  const size_t close = std::min(repeats(text, start), kMaxEllipsis);
  if (close > 1) return close >= 3 ? close : 0;
  size_t end = start + 1;
  for (size_t periods = 1; periods < kMaxEllipsis; ++periods, end += 2) {
    const bool has_next = is_among(at(text, end), U" \u00A0") && at(text, end + 1) == '.';
    if (!has_next) break;
  }
  return end - start >= 5 ? end - start : 0;
}

size_t dash(Characters text, size_t start) {
  const char32_t c = at(text, start);
  if (c == U'–' || c == U'—') return 1;
  const size_t length = c == '-' ? repeats(text, start) : 0;
  return length >= 2 && length <= kMaxDash ? length : 0;
}

size_t repeated(Characters text, size_t start) {
  const char32_t c = at(text, start);
  if (is_among(c, U"?!")) return run(text, start, [](char32_t d) { return d == '?' || d == '!'; });
  const size_t length = repeats(text, start);
  if (c == '-') return length > kMaxDash ? length : 0;
  if (is_among(c, U"<>")) return length >= 2 ? 2 : 0;
  return is_among(c, U"*_#@") && length >= 2 ? length : 0;
}

}  // namespace mono::tasks::ptb
