#include "model/decoder/decode_batches.h"

#include <algorithm>
#include <utility>

#include "kernels/out_of_memory.h"

namespace mono::model {
namespace {

int64_t size_of(const std::unique_ptr<DecodeBatch>& batch) {
  return batch->num_slots() * batch->capacity();
}

bool is_smaller(const std::unique_ptr<DecodeBatch>& a, const std::unique_ptr<DecodeBatch>& b) {
  return size_of(a) < size_of(b);
}

}  // namespace

int64_t DecodeBatches::rounded_capacity(int64_t capacity) {
  constexpr int64_t kGrain = 1024;
  return (capacity + kGrain - 1) / kGrain * kGrain;
}

DecodeBatches::Lease DecodeBatches::lent(std::unique_ptr<DecodeBatch> batch) {
  return {batch.release(), [this](DecodeBatch* returned) {
            std::unique_ptr<DecodeBatch> owned(returned);
            owned->release_all();
            const std::lock_guard lock(mutex_);
            idle_.push_back(std::move(owned));
          }};
}

void DecodeBatches::drop(Lease lease) {
  const std::unique_ptr<DecodeBatch> dropped(lease.release());
}

bool DecodeBatches::drop_idle() {
  const std::lock_guard lock(mutex_);
  return forget_idle();
}

// Under the lock.
bool DecodeBatches::forget_idle() {
  const bool had_idle = !idle_.empty();
  idle_.clear();
  return had_idle;
}

DecodeBatches::Lease DecodeBatches::take(int64_t num_slots, int64_t capacity) {
  const std::lock_guard lock(mutex_);
  std::sort(idle_.begin(), idle_.end(), is_smaller);
  const auto found = std::find_if(idle_.begin(), idle_.end(), [&](const auto& batch) {
    return batch->num_slots() >= num_slots && batch->capacity() >= capacity;
  });
  if (found != idle_.end()) {
    auto batch = std::move(*found);
    idle_.erase(found);
    return lent(std::move(batch));
  }
  capacity = rounded_capacity(capacity);
  std::erase_if(idle_, [&](const auto& batch) {
    return batch->num_slots() <= num_slots && batch->capacity() <= capacity;
  });
  return kernels::with_room(
      [&] {
        return lent(std::make_unique<DecodeBatch>(decoder_, num_slots, capacity, starts_ahead_));
      },
      [this] {
        const bool had_idle = forget_idle();
        return make_room_() || had_idle;
      });
}

}  // namespace mono::model
