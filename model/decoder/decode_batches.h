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
  /// \param decoder       kept by reference
  /// \param starts_ahead  as `DecodeBatch` has it
  DecodeBatches(const Decoder& decoder, bool starts_ahead)
      : decoder_(decoder), starts_ahead_(starts_ahead) {}

  /// A batch in use by its holder alone; it goes back when the lease ends.
  using Lease = std::unique_ptr<DecodeBatch, std::function<void(DecodeBatch*)>>;

  /// Lends a batch with all slots free, at least so many and so large. The smallest idle one that
  /// is large enough serves; else one is made as asked for, and idle ones that it can replace go.
  /// Where memory is short all idle ones do. May be called by several threads at once. \throws what
  /// `is_out_of_memory` knows if there is no room even so
  Lease take(int64_t num_slots, int64_t capacity);

 private:
  Lease lent(std::unique_ptr<DecodeBatch> batch);

  const Decoder& decoder_;
  bool starts_ahead_;
  std::mutex mutex_{};
  std::vector<std::unique_ptr<DecodeBatch>> idle_{};
};

}  // namespace mono::model
