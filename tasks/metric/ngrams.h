#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mono::tasks {

constexpr size_t kMaxNgram = 4;

/// The n-grams of one text, n = 1 to 4, in the order they first occur.
struct NgramCounts {
  struct Entry {
    uint32_t ngram = 0;
    int count = 0;
  };

  std::array<std::vector<Entry>, kMaxNgram> of_length{};  // [n - 1]
  int num_words = 0;

  /// How often an n-gram occurs; `n` is its length.
  int count(size_t n, uint32_t ngram) const;
};

/// Numbers n-grams: equal ones get equal numbers, from 0.
class NgramIndex {
 public:
  /// Counts the n-grams of the words between white space, as Python's split() takes it.
  NgramCounts count(std::string_view text);

  size_t size() const { return places_.size(); }

 private:
  /// Where an n-gram stands among those of the text that was counted last.
  struct Place {
    uint32_t text = 0;
    uint32_t position = 0;
  };

  uint32_t number(uint32_t first_words, uint32_t last_word);
  void add(std::vector<NgramCounts::Entry>& entries, uint32_t ngram);

  std::unordered_map<std::string, uint32_t> words_;
  std::unordered_map<uint64_t, uint32_t> numbers_;  // by the n-gram but its last word, and that
  std::vector<Place> places_;
  uint32_t num_texts_ = 0;
};

}  // namespace mono::tasks
