#include "tasks/metric/bleu.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "model/adapter.h"

namespace mono::tasks {
namespace {

constexpr double kTiny = 1e-15;
constexpr double kSmall = 1e-9;

/// Sums over a corpus.
struct Totals {
  std::array<double, kMaxNgram> matches{};
  std::array<double, kMaxNgram> ngrams{};
  double num_words = 0;
  double num_reference_words = 0;  // of the references nearest in length
};

int nearest_length(int num_words, const std::vector<NgramCounts>& references) {
  const auto is_nearer = [=](const NgramCounts& a, const NgramCounts& b) {
    return std::pair(std::abs(a.num_words - num_words), a.num_words) <
           std::pair(std::abs(b.num_words - num_words), b.num_words);
  };
  return std::min_element(references.begin(), references.end(), is_nearer)->num_words;
}

void add(Totals& totals, const NgramCounts& hypothesis,
         const std::vector<NgramCounts>& references) {
  totals.num_words += hypothesis.num_words;
  totals.num_reference_words += nearest_length(hypothesis.num_words, references);
  for (size_t n = 1; n <= kMaxNgram; ++n) {
    totals.ngrams[n - 1] += std::max(0, hypothesis.num_words - static_cast<int>(n) + 1);
    for (const auto& [ngram, count] : hypothesis.of_length[n - 1]) {
      int most = 0;
      for (const auto& reference : references) most = std::max(most, reference.count(n, ngram));
      totals.matches[n - 1] += std::min(count, most);
    }
  }
}

}  // namespace

std::array<double, kMaxNgram> bleu(std::span<const CaptionTexts> pictures) {
  if (pictures.empty()) model::fail("bleu: expected at least one picture, got none");
  NgramIndex index;
  Totals totals;
  for (const auto& picture : pictures) {
    if (picture.references.empty()) model::fail("bleu: a picture has no reference");
    std::vector<NgramCounts> references;
    references.reserve(picture.references.size());
    for (const auto& text : picture.references) references.push_back(index.count(text));
    add(totals, index.count(picture.hypothesis), references);
  }
  const double ratio = (totals.num_words + kTiny) / (totals.num_reference_words + kSmall);
  std::array<double, kMaxNgram> scores{};
  double product = 1;
  for (size_t i = 0; i < kMaxNgram; ++i) {
    product *= (totals.matches[i] + kTiny) / (totals.ngrams[i] + kSmall);
    scores[i] = std::pow(product, 1.0 / static_cast<double>(i + 1));
    if (ratio < 1) scores[i] *= std::exp(1 - 1 / ratio);
  }
  return scores;
}

}  // namespace mono::tasks
