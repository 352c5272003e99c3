#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "model/decoder/decode_batches.h"
#include "model/decoder/decoder.h"
#include "model/generation.h"
#include "model/trace.h"

namespace mono::model {

/// What sequences of one model share; it outlives them.
struct SequenceContext {
  const Decoder& decoder;
  DecodeBatches* batches = nullptr;  // null where the decoder's passes continue a sequence
  int64_t image_context_id = 0;      // has experts of its own
  std::function<bool()> make_room = [] { return false; };  // as for `DecodeBatches`
};

/// A sequence behind what `state` has read.
/// \param capacity  tokens it may come to have
/// \param trace     sees `logits_steps`; kept as a copy
std::unique_ptr<Sequence> make_sequence(const SequenceContext& context, DecoderState state,
                                        int64_t capacity, const TraceSink& trace);

}  // namespace mono::model
