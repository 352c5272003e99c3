#include "model/batch/schedule.h"

#include <algorithm>
#include <set>

#include "model/adapter.h"

namespace mono::model {
namespace {

int64_t size_of(const PromptPiece& piece) {
  return piece.end - piece.begin;
}

}  // namespace

Schedule::Schedule(std::span<const PrefixGroup> groups, std::span<const int64_t> prompt_lengths,
                   const ScheduleOptions& options)
    : options_(options) {
  if (options.max_sequences < 1 || options.max_prefill_tokens < 1) {
    fail<UsageError>("a batch needs at least 1 sequence and 1 token a pass, got ",
                     options.max_sequences, " and ", options.max_prefill_tokens);
  }
  for (size_t group = 0; group < groups.size(); ++group) {
    const auto& [members, shared] = groups[group];
    if (shared > 0) {
      waiting_.push_back({.prompt = members.front(),
                          .begin = 0,
                          .end = shared,
                          .group = group,
                          .is_shared = true});
    }
    for (const size_t member : members) {
      waiting_.push_back(
          {.prompt = member, .begin = shared, .end = prompt_lengths[member], .group = group});
    }
  }
}

Step Schedule::next() {
  Step step;
  std::set<size_t> shared_groups;  // whose prefix is read in this very pass
  int64_t num_tokens = 0;
  while (!waiting_.empty()) {
    const auto& piece = waiting_.front();
    const bool is_first = step.pieces.empty();
    const bool is_full = running_.size() == static_cast<size_t>(options_.max_sequences);
    if (is_full && (!piece.is_shared || options_.max_sequences == 1)) break;
    if (!is_first && num_tokens + size_of(piece) > options_.max_prefill_tokens) break;
    if (!piece.is_shared && shared_groups.contains(piece.group)) break;
    if (piece.is_shared) {
      shared_groups.insert(piece.group);
    } else {
      running_.push_back(piece.prompt);
    }
    num_tokens += size_of(piece);
    step.pieces.push_back(piece);
    waiting_.pop_front();
  }
  if (step.pieces.empty()) step.continued = running_;
  return step;
}

void Schedule::finish(size_t prompt) {
  std::erase(running_, prompt);
}

bool Schedule::put_back(const std::vector<PromptPiece>& pieces) {
  if (pieces.size() == 1) {
    const auto& piece = pieces.front();
    if (piece.is_shared || running_.size() < 2) return false;
    waiting_.push_front(piece);
    finish(piece.prompt);
    options_.max_sequences = static_cast<int>(running_.size());
    return true;
  }
  int64_t num_tokens = 0;
  for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
    num_tokens += size_of(*piece);
    waiting_.push_front(*piece);
    if (!piece->is_shared) finish(piece->prompt);
  }
  options_.max_prefill_tokens = std::max<int64_t>(1, num_tokens / 2);
  return true;
}

void Schedule::try_again(const PromptPiece& piece, int max_sequences) {
  waiting_.push_front(piece);
  if (!piece.is_shared) finish(piece.prompt);
  options_.max_sequences = std::min(options_.max_sequences, max_sequences);
}

void Schedule::unshare(size_t group) {
  for (auto& piece : waiting_) {
    if (piece.group == group) piece.begin = 0;
  }
}

}  // namespace mono::model
