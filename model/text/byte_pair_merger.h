#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/text/byte_level_vocabulary.h"

namespace mono::model {

/// Byte-pair encoding of words, one after another; its working memory is kept between them.
///
/// In rounds, as the reference does it: the pair of lowest rank is merged wherever it stands, from
/// left to right, before any new pair counts. O(n log n) for a word of n bytes.
/// Source: openai/gpt-2, src/encoder.py `Encoder.bpe`; Sennrich et al., arXiv 1508.07909.
class BytePairMerger {
 public:
  /// \param vocabulary  Must outlive this object.
  explicit BytePairMerger(const ByteLevelVocabulary& vocabulary) : vocabulary_(vocabulary) {}

  /// Appends the ids of one word.
  /// \param word  1 to 2^31 - 1 bytes.
  void encode(std::string_view word, std::vector<int64_t>& ids);

 private:
  /// A token of the word in a doubly linked list; places are indices into `symbols_`.
  struct Symbol {
    int32_t id = 0;  // kGone once it is part of its left neighbour
    int32_t previous = 0;
    int32_t next = 0;
  };
  /// A merge that was possible when it was found, at the place of its left part.
  struct Candidate {
    int32_t rank = 0;
    int32_t place = 0;
    bool operator>(const Candidate& other) const {
      return rank != other.rank ? rank > other.rank : place > other.place;
    }
  };

  void add_candidate(int32_t left);
  Candidate pop_candidate();
  bool merge_at(int32_t left, const Merge& merge);
  Symbol& symbol(int32_t place) { return symbols_[static_cast<size_t>(place)]; }

  const ByteLevelVocabulary& vocabulary_;
  std::vector<Symbol> symbols_{};
  std::vector<Candidate> candidates_{};  // a heap, the lowest rank and then place on top
  std::vector<int32_t> merged_{};        // places changed in this round
};

}  // namespace mono::model
