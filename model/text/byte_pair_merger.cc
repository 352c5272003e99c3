#include "model/text/byte_pair_merger.h"

#include <algorithm>
#include <functional>

namespace mono::model {

namespace {

constexpr int32_t kGone = -1;
constexpr int32_t kNowhere = -1;

}  // namespace

void BytePairMerger::encode(std::string_view word, std::vector<int64_t>& ids) {
  const auto size = static_cast<int32_t>(word.size());
  symbols_.clear();
  candidates_.clear();
  for (int32_t place = 0; place < size; ++place) {
    symbols_.push_back({.id = vocabulary_.byte_id(word[static_cast<size_t>(place)]),
                        .previous = place - 1,
                        .next = place + 1 < size ? place + 1 : kNowhere});
  }
  for (int32_t place = 0; place + 1 < size; ++place) add_candidate(place);
  while (!candidates_.empty()) {
    const auto& merge = vocabulary_.merge(candidates_.front().rank);
    merged_.clear();
    while (!candidates_.empty() && candidates_.front().rank == merge.rank) {
      const auto place = pop_candidate().place;
      if (merge_at(place, merge)) merged_.push_back(place);
    }
    for (const auto place : merged_) {
      if (symbol(place).previous != kNowhere) add_candidate(symbol(place).previous);
      add_candidate(place);
    }
  }
  for (int32_t place = 0; place != kNowhere; place = symbol(place).next) {
    ids.push_back(symbol(place).id);
  }
}

void BytePairMerger::add_candidate(int32_t left) {
  const auto right = symbol(left).next;
  if (right == kNowhere) return;
  const auto* const merge = vocabulary_.find_merge(symbol(left).id, symbol(right).id);
  if (merge == nullptr) return;
  candidates_.push_back({.rank = merge->rank, .place = left});
  std::push_heap(candidates_.begin(), candidates_.end(), std::greater<>());
}

BytePairMerger::Candidate BytePairMerger::pop_candidate() {
  std::pop_heap(candidates_.begin(), candidates_.end(), std::greater<>());
  const auto candidate = candidates_.back();
  candidates_.pop_back();
  return candidate;
}

/// False if the two tokens no longer stand there.
bool BytePairMerger::merge_at(int32_t left, const Merge& merge) {
  auto& kept = symbol(left);
  if (kept.id != merge.left || kept.next == kNowhere) return false;
  auto& gone = symbol(kept.next);
  if (gone.id != merge.right) return false;
  kept.id = merge.merged;
  kept.next = gone.next;
  if (kept.next != kNowhere) symbol(kept.next).previous = left;
  gone.id = kGone;
  return true;
}

}  // namespace mono::model
