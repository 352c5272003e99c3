#include "tasks/metric/vqa_accuracy.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/adapter.h"
#include "tasks/metric/contractions.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr std::string_view kPunctuation = ";/[]\"{}()=+\\_-><@`,?!";

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kNumberWords = {
    {{"none", "0"},
     {"zero", "0"},
     {"one", "1"},
     {"two", "2"},
     {"three", "3"},
     {"four", "4"},
     {"five", "5"},
     {"six", "6"},
     {"seven", "7"},
     {"eight", "8"},
     {"nine", "9"},
     {"ten", "10"}}};

bool digit_starts_at(std::string_view text, size_t position) {
  return position < text.size() && is_python_digit(next_code_point(text, position));
}

bool digit_ends_at(std::string_view text, size_t end) {
  if (end == 0) return false;
  size_t start = end - 1;
  while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) --start;
  return digit_starts_at(text, start);
}

bool has_comma_between_digits(std::string_view text) {
  for (size_t comma = text.find(','); comma != std::string_view::npos;
       comma = text.find(',', comma + 1)) {
    if (digit_ends_at(text, comma) && digit_starts_at(text, comma + 1)) return true;
  }
  return false;
}

bool touches_space(std::string_view text, char mark) {
  for (size_t i = text.find(mark); i != std::string_view::npos; i = text.find(mark, i + 1)) {
    if ((i > 0 && text[i - 1] == ' ') || (i + 1 < text.size() && text[i + 1] == ' ')) return true;
  }
  return false;
}

/// The first 32 periods that are not followed by a digit go; the limit is the reference's, which
/// passes a regular-expression flag in the place of the count.
std::string without_periods(std::string_view text, const VqaRules& rules) {
  constexpr int kMaxRemoved = 32;
  std::string result;
  int num_removed = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_removed = text[i] == '.' && num_removed < kMaxRemoved &&
                            !digit_starts_at(text, i + 1) &&
                            !(rules.keeps_period_after_digit && digit_ends_at(text, i));
    if (is_removed) {
      ++num_removed;
    } else {
      result.push_back(text[i]);
    }
  }
  return result;
}

std::string_view number_of(std::string_view word) {
  for (const auto& [name, digits] : kNumberWords) {
    if (word == name) return digits;
  }
  return word;
}

std::string without_articles(std::string_view text) {
  const auto folded = lower(text);
  std::string result;
  for (const auto token : split_whitespace(folded)) {
    const auto word = number_of(token);
    if (word == "a" || word == "an" || word == "the") continue;
    if (!result.empty()) result.push_back(' ');
    result.append(with_apostrophe(word));
  }
  return result;
}

std::string m4c_pre_step(std::string_view text) {
  auto result = lower(text);
  std::erase_if(result, [](char c) { return c == ',' || c == '?'; });
  return std::string(strip(replace_all(result, "'s", " 's")));
}

}  // namespace

std::string without_vqa_punctuation(std::string_view text, const VqaRules& rules) {
  enum : char { kKeep, kDelete, kSpace };
  std::array<char, 128> fate{};
  const bool deletes_all = has_comma_between_digits(text);
  for (const char mark : kPunctuation) {
    fate[static_cast<unsigned char>(mark)] =
        deletes_all || touches_space(text, mark) ? kDelete : kSpace;
  }
  std::string result;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    const char what = code < fate.size() ? fate[code] : static_cast<char>(kKeep);
    if (what == kKeep) result.push_back(c);
    if (what == kSpace) result.push_back(' ');
  }
  return without_periods(result, rules);
}

std::string plain_vqa_text(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return std::string(strip(result));
}

std::string normalise_vqa(std::string_view text, const VqaRules& rules) {
  const auto plain = plain_vqa_text(rules.m4c_pre_step ? m4c_pre_step(text) : std::string(text));
  return without_articles(without_vqa_punctuation(plain, rules));
}

double vqa_accuracy(std::string_view answer, std::span<const std::string> references,
                    const VqaRules& rules) {
  constexpr int kEnoughMatches = 3;
  const auto is_match = [&](const std::string& reference) { return reference == answer; };
  const auto num_matches = std::count_if(references.begin(), references.end(), is_match);
  std::vector<double> accuracies;
  accuracies.reserve(references.size());
  for (const auto& left_out : references) {
    const auto others = num_matches - (is_match(left_out) ? 1 : 0);
    accuracies.push_back(std::min(1.0, static_cast<double>(others) / kEnoughMatches));
  }
  if (!rules.sums_left_to_right) return pairwise_mean(accuracies);
  if (accuracies.empty()) model::fail("vqa accuracy: at least one reference is needed, got none");
  return sum_left_to_right(accuracies) / static_cast<double>(accuracies.size());
}

}  // namespace mono::tasks
