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

uint32_t NgramIndex::number(uint32_t first_words, uint32_t last_word) {
  constexpr int kHalf = 32;
  const uint64_t key = (uint64_t{first_words} << kHalf) | last_word;
  const auto next = static_cast<uint32_t>(places_.size());
  const auto [entry, is_new] = numbers_.emplace(key, next);
  if (is_new) places_.emplace_back();
  return entry->second;
}

void NgramIndex::add(std::vector<NgramCounts::Entry>& entries, uint32_t ngram) {
  auto& place = places_[ngram];
  if (place.text != num_texts_) {
    place = {num_texts_, static_cast<uint32_t>(entries.size())};
    entries.push_back({ngram, 0});
  }
  ++entries[place.position].count;
}

NgramCounts NgramIndex::count(std::string_view text) {
  constexpr uint32_t kNoWords = UINT32_MAX;
  ++num_texts_;
  std::vector<uint32_t> words;
  for (const auto word : split_whitespace(text)) {
    words.push_back(words_.emplace(word, words_.size()).first->second);
  }
  NgramCounts counts{.num_words = static_cast<int>(words.size())};
  std::vector<uint32_t> ngrams(words.size(), kNoWords);  // those that begin at each word
  for (size_t n = 1; n <= kMaxNgram && n <= words.size(); ++n) {
    for (size_t i = 0; i + n <= words.size(); ++i) {
      ngrams[i] = number(ngrams[i], words[i + n - 1]);
      add(counts.of_length[n - 1], ngrams[i]);
    }
  }
  return counts;
}

}  // namespace mono::tasks
