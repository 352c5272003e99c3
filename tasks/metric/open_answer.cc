#include "tasks/metric/open_answer.h"

#include <algorithm>
#include <array>
#include <optional>

#include "tasks/text/pattern.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_round.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

// Looked for in this order; the last one only in the last line.
constexpr std::array<std::string_view, 9> kIndicators = {
    "could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result ", "="};

std::string_view without_periods_around(std::string_view text) {
  while (text.starts_with('.')) text.remove_prefix(1);
  while (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  lines.push_back(text);
  return lines;
}

/// The shortest text behind the last occurrence of an indicator; an empty one gives way to the
/// next.
std::string_view key_text(std::string_view line, bool is_last) {
  std::string_view shortest;
  for (const auto indicator : kIndicators) {
    if (indicator == kIndicators.back() && !is_last) continue;
    const size_t found = line.rfind(indicator);
    if (found == std::string_view::npos) continue;
    const auto candidate = strip(line.substr(found + indicator.size()));
    if (shortest.empty() || length(candidate) < length(shortest)) shortest = candidate;
  }
  return shortest;
}

bool is_punctuation(std::string_view text) {
  return text.size() == 1 && std::string_view(":,.!?;'").find(text) != std::string_view::npos;
}

std::vector<std::string_view> numbers_in(std::string_view text) {
  static const std::array<Pattern, 3> patterns = {
      Pattern(R"(-?\b\d{1,3}(?:,\d{3})+\b)"), Pattern(R"(-?\d+(?:\.\d+)?[eE][+-]?\d+)"),
      Pattern(R"(-?(?:\d+\.\d+|\.\d+|\d+\b)(?![eE][+-]?\d+)(?![,\d]))")};
  std::vector<std::string_view> numbers;
  for (const auto& pattern : patterns) {
    const auto found = pattern.find_all(text);
    numbers.insert(numbers.end(), found.begin(), found.end());
  }
  return numbers;
}

void add_once(std::vector<OpenValue>& values, std::string_view text) {
  for (auto& value : open_values(text)) {
    if (std::find(values.begin(), values.end(), value) == values.end()) {
      values.push_back(std::move(value));
    }
  }
}

bool matches(const OpenValue& candidate, const OpenValue& accepted) {
  if (candidate.index() != accepted.index()) return false;
  const auto* const text = std::get_if<std::string>(&candidate);
  if (text == nullptr) return candidate == accepted;
  return text->find(std::get<std::string>(accepted)) != std::string::npos;
}

}  // namespace

std::vector<OpenValue> open_values(std::string_view text) {
  const auto stripped = strip(text);
  if (const auto number = parse_float(replace_all(stripped, ",", ""))) {
    return {python_round(*number, 2)};
  }
  const auto folded = lower(stripped);
  if (length(folded) == 1) return {" " + folded, folded + " "};
  return {folded};
}

std::vector<OpenValue> parse_open_answer(std::string_view response) {
  const auto text = lower(without_periods_around(strip(response)));
  const auto lines = lines_of(text);
  std::vector<std::string_view> keys;
  for (size_t i = 0; i < lines.size(); ++i) {
    const auto key = key_text(lines[i], i + 1 == lines.size());
    if (!key.empty() && !is_punctuation(key)) keys.push_back(key);
  }
  if (keys.empty()) keys.emplace_back(text);
  std::vector<OpenValue> values;
  for (const auto key : keys) add_once(values, key);
  for (const auto key : keys) {
    for (const auto number : numbers_in(key)) add_once(values, number);
  }
  return values;
}

bool matches_open_answer(std::span<const OpenValue> candidates,
                         std::span<const std::string> accepted) {
  for (const auto& answer : accepted) {
    for (const auto& value : open_values(answer)) {
      const auto is_match = [&](const OpenValue& candidate) { return matches(candidate, value); };
      if (std::any_of(candidates.begin(), candidates.end(), is_match)) return true;
    }
  }
  return false;
}

}  // namespace mono::tasks
