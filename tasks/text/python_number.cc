#include "tasks/text/python_number.h"

#include <fmt/format.h>
#include <unicode/uchar.h>

#include <charconv>
#include <cmath>

#include "model/adapter.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr size_t kMaxIntDigits = 4300;  // sys.int_info.default_max_str_digits

/// The text with each Nd digit as its ASCII digit, and without the white space around it that C
/// knows, or that is none of ASCII's: not U+001C to U+001F, which str.strip() takes off.
/// Rule: python/cpython v3.11.7 Objects/unicodeobject.c,
/// _PyUnicode_TransformDecimalAndSpaceToASCII.
std::string with_ascii_digits(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  std::string result;
  for (size_t position = 0; position < text.size();) {
    const char32_t c = next_code_point(text, position);
    if (c >= 0x80 && is_python_digit(c)) {
      result.push_back(static_cast<char>('0' + u_charDigitValue(static_cast<UChar32>(c))));
    } else if (c >= 0x80 && is_python_space(c)) {
      result.push_back(' ');
    } else {
      append_code_point(result, c);
    }
  }
  const size_t begin = result.find_first_not_of(kBlanks);
  if (begin == std::string::npos) return "";
  return result.substr(begin, result.find_last_not_of(kBlanks) + 1 - begin);
}

bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Moves `position` over digits with single underscores between them, which are left out of
/// `digits`. \returns false on an underscore that is not between two digits.
bool take_digits(std::string_view text, size_t& position, std::string& digits) {
  bool after_digit = false;
  for (; position < text.size(); ++position) {
    const char c = text[position];
    if (is_ascii_digit(c)) {
      digits.push_back(c);
      after_digit = true;
    } else if (c == '_') {
      const bool before_digit = position + 1 < text.size() && is_ascii_digit(text[position + 1]);
      if (!after_digit || !before_digit) return false;
      after_digit = false;
    } else {
      break;
    }
  }
  return true;
}

size_t take_sign(std::string_view text, std::string& number) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return 0;
  if (text[0] == '-') number.push_back('-');
  return 1;
}

bool is_named_float(std::string_view text) {
  const auto name = lower(text);
  return name == "inf" || name == "infinity" || name == "nan";
}

}  // namespace

std::string float_repr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<size_t>(end.ptr - buffer));
  const size_t e = text.find('e');
  int exponent = 0;
  std::from_chars(buffer + e + (text[e + 1] == '+' ? 2 : 1), end.ptr, exponent);
  if (exponent < -4 || exponent >= 16) return std::string(text);

  std::string result = text[0] == '-' ? "-" : "";
  std::string digits;
  for (const char c : text.substr(0, e)) {
    if (is_ascii_digit(c)) digits.push_back(c);
  }
  if (exponent < 0)
    return result + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  const auto integer_digits = static_cast<size_t>(exponent) + 1;
  if (digits.size() < integer_digits) digits.append(integer_digits - digits.size(), '0');
  result.append(digits, 0, integer_digits).append(".");
  return result + (digits.size() > integer_digits ? digits.substr(integer_digits) : "0");
}

std::optional<std::string> parse_int(std::string_view text) {
  const auto ascii = with_ascii_digits(text);
  std::string sign;
  std::string digits;
  size_t position = take_sign(ascii, sign);
  if (!take_digits(ascii, position, digits) || digits.empty() || position != ascii.size()) {
    return std::nullopt;
  }
  if (digits.size() > kMaxIntDigits) return std::nullopt;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return digits == "0" ? digits : sign + digits;
}

std::optional<double> parse_float(std::string_view text) {
  const auto ascii = with_ascii_digits(text);
  std::string number;
  size_t position = take_sign(ascii, number);
  if (is_named_float(std::string_view(ascii).substr(position))) {
    number += ascii.substr(position);
    return std::strtod(number.c_str(), nullptr);
  }
  const size_t sign_size = number.size();
  if (!take_digits(ascii, position, number)) return std::nullopt;
  bool has_digits = number.size() > sign_size;
  if (position < ascii.size() && ascii[position] == '.') {
    number.push_back('.');
    ++position;
    const size_t before = number.size();
    if (!take_digits(ascii, position, number)) return std::nullopt;
    has_digits = has_digits || number.size() > before;
  }
  if (!has_digits) return std::nullopt;
  if (position < ascii.size() && (ascii[position] == 'e' || ascii[position] == 'E')) {
    number.push_back('e');
    ++position;
    position += take_sign(std::string_view(ascii).substr(position), number);
    const size_t before = number.size();
    if (!take_digits(ascii, position, number) || number.size() == before) return std::nullopt;
  }
  if (position != ascii.size()) return std::nullopt;
  return std::strtod(number.c_str(), nullptr);
}

double numpy_round(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  return std::nearbyint(value * scale) / scale;
}

double sum_left_to_right(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

double pairwise_sum(std::span<const double> values) {
  const size_t n = values.size();
  if (n < 8) return sum_left_to_right(values);
  if (n > 128) {
    const size_t half = n / 2 - (n / 2) % 8;
    return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
  }
  double r[8];
  for (size_t k = 0; k < 8; ++k) r[k] = values[k];
  size_t i = 8;
  for (; i + 8 <= n; i += 8) {
    for (size_t k = 0; k < 8; ++k) r[k] += values[i + k];
  }
  double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
  for (; i < n; ++i) sum += values[i];
  return sum;
}

double pairwise_mean(std::span<const double> values) {
  if (values.empty()) model::fail("mean: at least one value is needed, got none");
  return pairwise_sum(values) / static_cast<double>(values.size());
}

std::optional<double> standard_error_of_mean(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const double mean = pairwise_mean(values);
  double squared_error = 0;
  for (const double value : values) squared_error += (value - mean) * (value - mean);
  const auto count = static_cast<double>(values.size());
  return std::sqrt(squared_error / (count - 1) / count);
}

}  // namespace mono::tasks
