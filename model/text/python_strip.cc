#include "model/text/python_strip.h"

#include <algorithm>

namespace mono::model {

namespace {

/// The characters for which Python 3's `str.isspace()` holds, in UTF-8.
constexpr std::string_view kSpaces[] = {
    "\t",           "\n",           "\v",           "\f",           "\r",
    "\x1C",         "\x1D",         "\x1E",         "\x1F",         " ",
    "\xC2\x85",      // U+0085
    "\xC2\xA0",      // U+00A0
    "\xE1\x9A\x80",  // U+1680
    "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84",
    "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89",
    "\xE2\x80\x8A",                  // U+2000-200A
    "\xE2\x80\xA8", "\xE2\x80\xA9",  // U+2028, U+2029
    "\xE2\x80\xAF",                  // U+202F
    "\xE2\x81\x9F",                  // U+205F
    "\xE3\x80\x80",                  // U+3000
};

}  // namespace

std::string_view python_lstrip(std::string_view text) {
  const auto* const end = std::end(kSpaces);
  for (;;) {
    const auto* const space = std::find_if(
        kSpaces, end, [&](std::string_view candidate) { return text.starts_with(candidate); });
    if (space == end) return text;
    text.remove_prefix(space->size());
  }
}

std::string_view python_rstrip(std::string_view text) {
  const auto* const end = std::end(kSpaces);
  for (;;) {
    const auto* const space = std::find_if(
        kSpaces, end, [&](std::string_view candidate) { return text.ends_with(candidate); });
    if (space == end) return text;
    text.remove_suffix(space->size());
  }
}

std::string_view python_strip(std::string_view text) {
  return python_rstrip(python_lstrip(text));
}

}  // namespace mono::model
