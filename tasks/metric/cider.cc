#include "tasks/metric/cider.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <set>

#include "model/adapter.h"
#include "tasks/metric/ngrams.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

constexpr double kSigma = 6;
constexpr double kScale = 10;

struct Counted {
  NgramCounts hypothesis{};
  std::vector<NgramCounts> references{};
};

/// A text's n-grams by weight, in the order of `NgramCounts`.
struct Weights {
  struct Entry {
    uint32_t ngram = 0;
    double weight = 0;
  };

  std::array<std::vector<Entry>, kMaxNgram> of_length{};
  std::array<double, kMaxNgram> norm{};
  double num_bigrams = 0;

  double weight(size_t length_index, uint32_t ngram) const {
    for (const auto& entry : of_length[length_index]) {
      if (entry.ngram == ngram) return entry.weight;
    }
    return 0;
  }
};

/// In how many pictures' references each n-gram occurs.
std::vector<double> document_frequencies(const std::vector<Counted>& pictures, size_t num_ngrams) {
  std::vector<double> frequencies(num_ngrams);
  for (const auto& picture : pictures) {
    std::set<uint32_t> ngrams;
    for (const auto& reference : picture.references) {
      for (const auto& entries : reference.of_length) {
        for (const auto& entry : entries) ngrams.insert(entry.ngram);
      }
    }
    for (const auto ngram : ngrams) ++frequencies[ngram];
  }
  return frequencies;
}

class Similarity {
 public:
  Similarity(const std::vector<double>& frequencies, size_t num_pictures)
      : frequencies_(frequencies), log_pictures_(std::log(static_cast<double>(num_pictures))) {}

  double score(const Counted& picture) const {
    const auto hypothesis = weights(picture.hypothesis);
    std::array<double, kMaxNgram> sums{};
    for (const auto& reference : picture.references) {
      const auto similarities = compare(hypothesis, weights(reference));
      for (size_t i = 0; i < kMaxNgram; ++i) sums[i] += similarities[i];
    }
    return pairwise_mean(sums) / static_cast<double>(picture.references.size()) * kScale;
  }

 private:
  Weights weights(const NgramCounts& counts) const {
    Weights result;
    for (size_t i = 0; i < kMaxNgram; ++i) {
      for (const auto& entry : counts.of_length[i]) {
        const double rarity = log_pictures_ - std::log(std::max(1.0, frequencies_[entry.ngram]));
        const double weight = static_cast<double>(entry.count) * rarity;
        result.of_length[i].push_back({entry.ngram, weight});
        result.norm[i] += weight * weight;
        if (i == 1) result.num_bigrams += entry.count;
      }
      result.norm[i] = std::sqrt(result.norm[i]);
    }
    return result;
  }

  static std::array<double, kMaxNgram> compare(const Weights& hypothesis,
                                               const Weights& reference) {
    const double difference = hypothesis.num_bigrams - reference.num_bigrams;
    const double penalty =
        std::pow(std::numbers::e, -(difference * difference) / (2 * kSigma * kSigma));
    std::array<double, kMaxNgram> values{};
    for (size_t i = 0; i < kMaxNgram; ++i) {
      for (const auto& [ngram, weight] : hypothesis.of_length[i]) {
        const double other = reference.weight(i, ngram);
        values[i] += std::min(weight, other) * other;
      }
      const bool has_norms = hypothesis.norm[i] != 0 && reference.norm[i] != 0;
      if (has_norms) values[i] /= hypothesis.norm[i] * reference.norm[i];
      values[i] *= penalty;
    }
    return values;
  }

  const std::vector<double>& frequencies_;
  double log_pictures_;
};

}  // namespace

std::vector<double> cider(std::span<const CaptionTexts> pictures) {
  NgramIndex index;
  std::vector<Counted> counted;
  for (const auto& picture : pictures) {
    if (picture.references.empty()) model::fail("cider: a picture has no reference");
    counted.push_back({index.count(picture.hypothesis), {}});
    for (const auto& text : picture.references) {
      counted.back().references.push_back(index.count(text));
    }
  }
  const auto frequencies = document_frequencies(counted, index.size());
  const Similarity similarity(frequencies, pictures.size());
  std::vector<double> scores;
  for (const auto& picture : counted) scores.push_back(similarity.score(picture));
  return scores;
}

}  // namespace mono::tasks
