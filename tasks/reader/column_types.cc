#include "tasks/reader/column_types.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr std::string_view kBlanks = " \t\n\v\f\r";

std::string_view without_blanks(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_sign(char c) {
  return c == '+' || c == '-';
}

bool is_true_text(std::string_view text) {
  return text == "True" || text == "TRUE" || text == "true";
}

bool is_false_text(std::string_view text) {
  return text == "False" || text == "FALSE" || text == "false";
}

/// An integer text's value, where it fits T.
template <typename T>
std::optional<T> integer_value(std::string_view text) {
  auto digits = without_blanks(text);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  T value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<double> named_float(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (!text.empty() && is_sign(text[0])) text.remove_prefix(1);
  const auto name = lower(text);
  if (name != "inf" && name != "infinity") return std::nullopt;
  const double infinity = std::numeric_limits<double>::infinity();
  return is_negative ? -infinity : infinity;
}

/// 10^exponent, correctly rounded.
double power_of_ten(int exponent) {
  return std::strtod(("1e" + std::to_string(exponent)).c_str(), nullptr);
}

double scaled(double value, int64_t exponent) {
  constexpr int kMaxExponent = 308;
  if (value == 0) return value;
  if (exponent > kMaxExponent) return std::numeric_limits<double>::infinity();
  if (exponent >= 0) return value * power_of_ten(static_cast<int>(exponent));
  if (exponent >= -kMaxExponent) return value / power_of_ten(static_cast<int>(-exponent));
  if (exponent < -2 * kMaxExponent) return 0;
  return value / power_of_ten(static_cast<int>(-exponent - kMaxExponent)) /
         power_of_ten(kMaxExponent);
}

/// The digits of a number, walked over once.
struct Mantissa {
  double value = 0;
  int64_t exponent = 0;
  int num_used = 0;
  bool has_digits = false;

  void add(char digit, bool is_fraction) {
    constexpr int kMaxDigits = 17;
    has_digits = true;
    if (num_used < kMaxDigits) {
      value = value * 10 + (digit - '0');
      ++num_used;
      if (is_fraction) --exponent;
    } else if (!is_fraction) {
      ++exponent;
    }
  }
};

/// \returns false where the text from `position` on is no exponent.
bool read_exponent(std::string_view text, size_t position, int64_t& exponent) {
  if (position == text.size()) return true;
  if (text[position] != 'e' && text[position] != 'E') return false;
  ++position;
  const bool is_negative = position < text.size() && text[position] == '-';
  if (position < text.size() && is_sign(text[position])) ++position;
  if (position == text.size()) return false;
  constexpr int64_t kHuge = 1'000'000;
  int64_t written = 0;
  for (; position < text.size(); ++position) {
    if (!is_digit(text[position])) return false;
    written = std::min(written * 10 + (text[position] - '0'), kHuge);
  }
  exponent += is_negative ? -written : written;
  return true;
}

struct Survey {
  bool has_missing = false;
  bool has_present = false;
  bool all_integers = true;
  bool all_int64 = true;
  bool all_uint64 = true;
  bool all_floats = true;
  bool all_booleans = true;
};

void add_to(Survey& survey, std::string_view text) {
  survey.has_present = true;
  survey.all_integers = survey.all_integers && is_integer_text(text);
  if (survey.all_integers) {
    survey.all_int64 = survey.all_int64 && integer_value<int64_t>(text).has_value();
    survey.all_uint64 = survey.all_uint64 && integer_value<uint64_t>(text).has_value();
  }
  survey.all_floats = survey.all_floats && parse_pandas_float(text).has_value();
  survey.all_booleans = survey.all_booleans && (is_true_text(text) || is_false_text(text));
}

ColumnType type_of(const Survey& survey) {
  if (!survey.has_present) return ColumnType::kMissing;
  if (survey.all_integers) {
    if (survey.all_int64) return survey.has_missing ? ColumnType::kFloat : ColumnType::kInteger;
    return survey.all_uint64 ? ColumnType::kUnsigned : ColumnType::kText;
  }
  if (survey.all_floats) return ColumnType::kFloat;
  return survey.all_booleans ? ColumnType::kBoolean : ColumnType::kText;
}

}  // namespace

bool is_integer_text(std::string_view text) {
  auto digits = without_blanks(text);
  if (!digits.empty() && is_sign(digits[0])) digits.remove_prefix(1);
  return !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit);
}

std::optional<double> parse_pandas_float(std::string_view text) {
  if (const auto named = named_float(text)) return named;
  const auto number = without_blanks(text);
  size_t position = !number.empty() && is_sign(number[0]) ? 1 : 0;
  Mantissa mantissa;
  bool is_fraction = false;
  for (; position < number.size(); ++position) {
    if (is_digit(number[position])) {
      mantissa.add(number[position], is_fraction);
    } else if (number[position] == '.' && !is_fraction) {
      is_fraction = true;
    } else {
      break;
    }
  }
  if (!mantissa.has_digits || !read_exponent(number, position, mantissa.exponent)) {
    return std::nullopt;
  }
  const double value = scaled(mantissa.value, mantissa.exponent);
  if (std::isinf(value)) return std::nullopt;
  return number[0] == '-' ? -value : value;
}

TypedColumn type_column(std::vector<std::string> texts) {
  Survey survey;
  for (const auto& text : texts) {
    if (is_missing_text(text)) {
      survey.has_missing = true;
    } else {
      add_to(survey, text);
    }
  }
  TypedColumn column{.type = type_of(survey), .cells = {}};
  // Unsigned integers beside a gap: pandas gives up and keeps every text, the missing ones too.
  const bool keeps_everything = column.type == ColumnType::kUnsigned && survey.has_missing;
  if (keeps_everything) column.type = ColumnType::kText;
  column.cells.reserve(texts.size());
  for (auto& text : texts) {
    Cell& cell = column.cells.emplace_back();
    if (!keeps_everything && is_missing_text(text)) continue;
    switch (column.type) {
      case ColumnType::kMissing:
        break;
      case ColumnType::kInteger:
        cell = integer_value<int64_t>(text).value();
        break;
      case ColumnType::kUnsigned:
        cell = integer_value<uint64_t>(text).value();
        break;
      case ColumnType::kFloat:
        cell = survey.all_integers ? static_cast<double>(integer_value<int64_t>(text).value())
                                   : parse_pandas_float(text).value();
        break;
      case ColumnType::kBoolean:
        cell = is_true_text(text);
        break;
      case ColumnType::kText:
        cell = std::move(text);
        break;
    }
  }
  return column;
}

}  // namespace mono::tasks
