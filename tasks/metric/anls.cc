#include "tasks/metric/anls.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/adapter.h"
#include "tasks/text/edit_distance.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr double kThreshold = 0.5;

std::string with_single_blanks(std::string_view text) {
  const auto folded = lower(text);
  std::string result;
  result.reserve(folded.size());
  for (const auto word : split_whitespace(folded)) {
    if (!result.empty()) result.push_back(' ');
    result.append(word);
  }
  return result;
}

/// A text as the distance needs it.
struct Folded {
  explicit Folded(std::string_view raw)
      : text(with_single_blanks(raw)), capital_length(length(upper(raw))) {}

  std::string text;
  size_t capital_length;
};

/// \param limit  No distance beyond this fraction matters; 1 is returned for it.
double distance_within(const Folded& reference, const Folded& answer, double limit) {
  const size_t longest = std::max(reference.capital_length, answer.capital_length);
  if (longest == 0) return 0;
  const auto edits_limit = static_cast<size_t>(limit * static_cast<double>(longest));
  const size_t edits = edit_distance_within(reference.text, answer.text, edits_limit);
  if (edits > edits_limit) return 1;
  return static_cast<double>(edits) / static_cast<double>(longest);
}

double over_threshold(double similarity) {
  return similarity < kThreshold ? 0 : similarity;
}

void require_references(std::span<const std::string> references) {
  if (references.empty()) model::fail("anls: expected at least one reference, got none");
}

}  // namespace

double anls_distance(std::string_view reference, std::string_view answer) {
  const Folded folded_reference(reference);
  const Folded folded_answer(answer);
  const size_t longest = std::max(folded_reference.capital_length, folded_answer.capital_length);
  if (longest == 0) return 0;
  const size_t edits = edit_distance_within(folded_reference.text, folded_answer.text,
                                            std::numeric_limits<size_t>::max() / 4);
  return static_cast<double>(edits) / static_cast<double>(longest);
}

double anls(std::span<const std::string> references, std::string_view answer) {
  require_references(references);
  const Folded folded(answer);
  double least = 1;
  for (const auto& reference : references) {
    least = std::min(least, distance_within(Folded(reference), folded, 1 - kThreshold));
    if (least == 0) break;
  }
  return over_threshold(1 - least);
}

double anls_of_list_evaluator(std::span<const std::string> references, std::string_view answer) {
  require_references(references);
  const auto folded_answer = lower(answer);
  const auto text = strip(folded_answer);
  double most = 0;
  for (const auto& reference : references) {
    const auto folded_reference = lower(reference);
    const auto other = strip(folded_reference);
    const size_t longest = std::max(length(text), length(other));
    if (longest == 0) return std::numeric_limits<double>::quiet_NaN();
    const size_t edits = edit_distance_within(text, other, longest);
    const double ratio = static_cast<double>(edits) / static_cast<double>(longest);
    most = std::max(most, over_threshold(1 - ratio));
  }
  return most;
}

}  // namespace mono::tasks
