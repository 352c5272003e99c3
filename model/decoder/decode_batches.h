#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "model/decoder/decode_batch.h"

namespace mono::model {

/// The batches of a decoder, kept with their recorded work from one answer to the next.
class DecodeBatches {
 public:
  /// \param decoder  kept by reference
  explicit DecodeBatches(const Decoder& decoder) : decoder_(decoder) {}

  /// A batch in use by its holder alone; it goes back when the lease ends.
  using Lease = std::unique_ptr<DecodeBatch, std::function<void(DecodeBatch*)>>;

  /// Lends a batch with all slots free, at least so many and so large. One that is idle and large
  /// enough serves; else the largest idle one gives way to one that is as large and as asked for.
  /// May be called by several threads at once.
  /// \throws c10::OutOfMemoryError
  Lease take(int64_t num_slots, int64_t capacity);

 private:
  Lease lent(std::unique_ptr<DecodeBatch> batch);

  const Decoder& decoder_;
  std::mutex mutex_{};
  std::vector<std::unique_ptr<DecodeBatch>> idle_{};
};

}  // namespace mono::model
