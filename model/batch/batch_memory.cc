// How a BatchRun makes do with the memory there is.
#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "kernels/out_of_memory.h"
#include "model/batch/batch_run.h"

namespace mono::model {

EngineAnswer BatchRun::no_memory_for(const EngineRequest& request) {
  EngineAnswer answer;
  answer.error = "out of memory: a prompt of " + std::to_string(request.input_ids.size()) +
                 " tokens and " + std::to_string(request.decoding.max_new_tokens) +
                 " new ones do not fit";
  return answer;
}

bool BatchRun::takes(int num_slots, int64_t most_tokens) {
  return kernels::fits_memory([&] { batch_ = model_.batches()->take(num_slots, most_tokens); });
}

// As many slots as answers may be in the making, fewer where there is no memory for them; what does
// not fit in one slot alone is refused.
void BatchRun::take_batch(ScheduleOptions& options) {
  const auto most_slots = [&] {
    return std::min(options.max_sequences, static_cast<int>(indices_.size()));
  };
  int num_slots = most_slots();
  while (!indices_.empty()) {
    const size_t longest = longest_prompt();
    if (takes(num_slots, capacity(longest))) break;
    if (num_slots > 1) {
      num_slots = (num_slots + 1) / 2;
      continue;
    }
    const size_t index = indices_[longest];
    std::erase(indices_, index);
    on_answer_(index, no_memory_for(requests_[index]));
    num_slots = most_slots();
  }
  if (batch_) options.max_sequences = num_slots_ = num_slots;
}

// For slots that left too little for a pass.
void BatchRun::take_smaller_batch() {
  DecodeBatches::drop(std::move(batch_));
  const int64_t most_tokens = capacity(longest_prompt());
  while (num_slots_ > 1) {
    num_slots_ = (num_slots_ + 1) / 2;
    if (takes(num_slots_, most_tokens)) return;
  }
  takes_own_slots_ = true;
}

// One slot, no larger than an answer needs it; none beside a prefix that is read. \returns false
// where there is no memory for it
bool BatchRun::take_own_slot(const PromptPiece& piece) {
  const int64_t size = DecodeBatches::rounded_capacity(capacity(piece.prompt));
  if (batch_ && !piece.is_shared && batch_->num_slots() == 1 && batch_->capacity() == size) {
    return true;
  }
  if (batch_) DecodeBatches::drop(std::move(batch_));
  model_.batches()->drop_idle();
  if (piece.is_shared || takes(1, size)) return true;
  make_do(piece);
  return false;
}

size_t BatchRun::longest_prompt() const {
  size_t longest = 0;
  for (size_t prompt = 1; prompt < indices_.size(); ++prompt) {
    if (capacity(prompt) > capacity(longest)) longest = prompt;
  }
  return longest;
}

// For a piece that does not fit the memory even alone; no answer is in the making but where it is
// shared. What its prefix keeps goes before it is refused.
void BatchRun::make_do(const PromptPiece& piece) {
  if (batch_ && running_.empty() && !takes_own_slots_) {
    take_smaller_batch();
    return schedule_->try_again(piece, num_slots_);
  }
  if (piece.begin > 0) {
    prefixes_.erase(piece.group);
    schedule_->try_again(piece, std::numeric_limits<int>::max());
    return schedule_->unshare(piece.group);
  }
  refuse_unread(piece);
}

void BatchRun::refuse_unread(const PromptPiece& piece) {
  if (piece.is_shared) return schedule_->unshare(piece.group);
  schedule_->finish(piece.prompt);
  on_answer_(indices_[piece.prompt], no_memory_for(request(piece.prompt)));
}

}  // namespace mono::model
