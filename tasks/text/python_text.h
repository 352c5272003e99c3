#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Python 3.11's text methods on UTF-8: white space, case and digits as `str` knows them.
namespace mono::tasks {

/// Whether Python's strip() and split() take this code point for white space.
bool is_python_space(char32_t code_point);

/// Whether `\d` matches: any character of category Nd.
bool is_python_digit(char32_t code_point);

/// The code point that starts at `position`, which moves behind it. A byte that starts none is
/// returned as U+FFFD, and `position` moves by one.
char32_t next_code_point(std::string_view text, size_t& position);

/// Appends a code point as UTF-8.
void append_code_point(std::string& text, char32_t code_point);

/// The text without white space at either end: `str.strip()`.
std::string_view strip(std::string_view text);

/// The pieces between runs of white space: `str.split()`. Views into `text`.
std::vector<std::string_view> split_whitespace(std::string_view text);

/// `str.lower()`: full mappings, final sigma, no locale.
std::string lower(std::string_view text);

/// `str.upper()`: full mappings, no locale.
std::string upper(std::string_view text);

/// `len(str)`: code points.
size_t length(std::string_view text);

/// `text.replace(from, to)`; `from` is not empty.
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

}  // namespace mono::tasks
