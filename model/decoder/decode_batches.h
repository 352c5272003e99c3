#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "model/decoder/decode_batch.h"

namespace mono::model {

/// The batches of a decoder, kept with their recorded work from one answer to the next.
class DecodeBatches {
 public:
  /// \param decoder       kept by reference
  /// \param starts_ahead  as `DecodeBatch` has it
  /// \param make_room     lets go of what else is kept for later; false where there is nothing
  DecodeBatches(
      const Decoder& decoder, bool starts_ahead,
      std::function<bool()> make_room = [] { return false; })
      : decoder_(decoder), starts_ahead_(starts_ahead), make_room_(std::move(make_room)) {}

  /// A batch in use by its holder alone; it goes back when the lease ends.
  using Lease = std::unique_ptr<DecodeBatch, std::function<void(DecodeBatch*)>>;

  /// Lends a batch with all slots free, at least so many and so large. The smallest idle one that
  /// is large enough serves; else one is made as asked for, and idle ones that it can replace go.
  /// Where memory is short all idle ones do, and what `make_room` can spare. May be called by
  /// several threads at once.
  /// \throws what `kernels::is_out_of_memory` knows if there is no room even so; the next call
  /// tries again, as others may have given memory back
  Lease take(int64_t num_slots, int64_t capacity);

  /// The capacity that a batch made for so many positions has: recorded work serves the next answer
  /// too.
  static int64_t rounded_capacity(int64_t capacity);

  /// Ends a lease and frees the batch, which is not lent again.
  static void drop(Lease lease);

  /// Frees the idle batches. \returns whether there were some
  bool drop_idle();

 private:
  bool forget_idle();
  Lease lent(std::unique_ptr<DecodeBatch> batch);

  const Decoder& decoder_;
  bool starts_ahead_;
  std::function<bool()> make_room_;
  std::mutex mutex_{};
  std::vector<std::unique_ptr<DecodeBatch>> idle_{};
};

}  // namespace mono::model
