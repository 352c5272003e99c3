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

/// How much each n-gram says: ln N - ln max(1, df).
std::vector<double> rarities(const std::vector<double>& frequencies, size_t num_pictures) {
  const double log_pictures = std::log(static_cast<double>(num_pictures));
  std::vector<double> result;
  result.reserve(frequencies.size());
  for (const double frequency : frequencies) {
    result.push_back(log_pictures - std::log(std::max(1.0, frequency)));
  }
  return result;
}

class Similarity {
 public:
  /// \param norm_rarities  What norms are worked out with: of an end of a range, the other end.
  Similarity(const std::vector<double>& rarities, const std::vector<double>& norm_rarities)
      : rarities_(rarities), norm_rarities_(norm_rarities) {}

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
        const auto count = static_cast<double>(entry.count);
        const double in_norm = count * norm_rarities_[entry.ngram];
        result.of_length[i].push_back({entry.ngram, count * rarities_[entry.ngram]});
        result.norm[i] += in_norm * in_norm;
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
      if (!has_norms && values[i] > 0) values[i] = 1;  // at the upper end only
      values[i] *= penalty;
    }
    return values;
  }

  const std::vector<double>& rarities_;
  const std::vector<double>& norm_rarities_;
};

std::vector<Counted> counted_pictures(std::span<const CaptionTexts> pictures, NgramIndex& index) {
  std::vector<Counted> counted;
  for (const auto& picture : pictures) {
    if (picture.references.empty()) model::fail("cider: a picture has no reference");
    counted.push_back({index.count(picture.hypothesis), {}});
    for (const auto& text : picture.references) {
      counted.back().references.push_back(index.count(text));
    }
  }
  return counted;
}

}  // namespace

std::vector<double> cider(std::span<const CaptionTexts> pictures) {
  NgramIndex index;
  const auto counted = counted_pictures(pictures, index);
  const auto weights = rarities(document_frequencies(counted, index.size()), pictures.size());
  const Similarity similarity(weights, weights);
  std::vector<double> scores;
  scores.reserve(counted.size());
  for (const auto& picture : counted) scores.push_back(similarity.score(picture));
  return scores;
}

std::vector<Bounds> cider_bounds(std::span<const CaptionTexts> pictures,
                                 std::span<const std::vector<std::string>> others,
                                 int num_unknown) {
  NgramIndex index;
  auto counted = counted_pictures(pictures, index);
  for (const auto& references : others) {
    auto& other = counted.emplace_back();
    for (const auto& text : references) other.references.push_back(index.count(text));
  }
  auto frequencies = document_frequencies(counted, index.size());
  const auto num_pictures = counted.size() + static_cast<size_t>(num_unknown);
  const auto highest = rarities(frequencies, num_pictures);
  for (auto& frequency : frequencies) frequency += num_unknown;
  const auto lowest = rarities(frequencies, num_pictures);
  const Similarity low(lowest, highest);
  const Similarity high(highest, lowest);
  std::vector<Bounds> bounds;
  bounds.reserve(pictures.size());
  for (size_t i = 0; i < pictures.size(); ++i) {
    bounds.push_back({low.score(counted[i]), std::min(high.score(counted[i]), kBestCider)});
  }
  return bounds;
}

}  // namespace mono::tasks
