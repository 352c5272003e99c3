#include "tasks/metric/relaxed_accuracy.h"

#include <cmath>
#include <optional>

#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr double kTolerance = 0.05;

std::optional<double> number_in(std::string_view text) {
  if (!text.ends_with('%')) return parse_float(text);
  const size_t last = text.find_last_not_of('%');
  const auto number = parse_float(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
  if (!number) return std::nullopt;
  return *number / 100;
}

}  // namespace

bool is_relaxed_match(std::string_view reference, std::string_view answer,
                      const RelaxedRules& rules) {
  auto base = reference;
  auto candidate = strip(answer);
  if (rules.measures_against_answer) std::swap(base, candidate);
  const auto base_number = number_in(base);
  const auto number = number_in(candidate);
  if (number && base_number && *base_number != 0) {
    return std::abs(*number - *base_number) / std::abs(*base_number) <= kTolerance;
  }
  return lower(base) == lower(candidate);
}

}  // namespace mono::tasks
