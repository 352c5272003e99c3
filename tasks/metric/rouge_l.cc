#include "tasks/metric/rouge_l.h"

#include <algorithm>
#include <string_view>

#include "model/adapter.h"

namespace mono::tasks {
namespace {

constexpr double kBeta = 1.2;

std::vector<std::string_view> split_at_blanks(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const size_t blank = text.find(' ');
    words.push_back(text.substr(0, blank));
    if (blank == std::string_view::npos) return words;
    text.remove_prefix(blank + 1);
  }
}

double longest_common_subsequence(const std::vector<std::string_view>& a,
                                  const std::vector<std::string_view>& b) {
  std::vector<int> row(b.size() + 1);
  for (const auto& word : a) {
    int diagonal = 0;
    for (size_t j = 1; j <= b.size(); ++j) {
      const int above = row[j];
      row[j] = word == b[j - 1] ? diagonal + 1 : std::max(above, row[j - 1]);
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

double rouge_l(const CaptionTexts& picture) {
  if (picture.references.empty()) model::fail("rouge_l: a picture has no reference");
  const auto words = split_at_blanks(picture.hypothesis);
  double precision = 0;
  double recall = 0;
  for (const auto& reference : picture.references) {
    const auto others = split_at_blanks(reference);
    const double common = longest_common_subsequence(words, others);
    precision = std::max(precision, common / static_cast<double>(words.size()));
    recall = std::max(recall, common / static_cast<double>(others.size()));
  }
  if (precision == 0 || recall == 0) return 0;
  const double beta = kBeta * kBeta;
  return (1 + beta) * precision * recall / (recall + beta * precision);
}

}  // namespace mono::tasks
