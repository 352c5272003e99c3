#include "tasks/metric/ngrams.h"

#include <algorithm>

#include "tasks/text/python_text.h"

namespace mono::tasks {

int NgramCounts::count(size_t n, uint32_t ngram) const {
  for (const auto& entry : of_length[n - 1]) {
    if (entry.ngram == ngram) return entry.count;
  }
  return 0;
}

NgramCounts NgramIndex::count(std::string_view text) {
  const auto words = split_whitespace(text);
  NgramCounts counts{.num_words = static_cast<int>(words.size())};
  for (size_t n = 1; n <= kMaxNgram; ++n) {
    auto& entries = counts.of_length[n - 1];
    std::unordered_map<uint32_t, size_t> places;
    for (size_t i = 0; i + n <= words.size(); ++i) {
      std::string key(words[i]);
      for (size_t k = 1; k < n; ++k) key.append(" ").append(words[i + k]);
      const auto number = numbers_.emplace(std::move(key), numbers_.size()).first->second;
      const auto [place, is_new] = places.emplace(number, entries.size());
      if (is_new) entries.push_back({number, 0});
      ++entries[place->second].count;
    }
  }
  return counts;
}

}  // namespace mono::tasks
