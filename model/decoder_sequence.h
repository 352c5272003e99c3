#pragma once

#include <cstdint>
#include <memory>

#include "model/decoder/decode_batches.h"
#include "model/decoder/decoder.h"
#include "model/generation.h"
#include "model/trace.h"

namespace mono::model {

/// What sequences of one model share; all kept by reference.
struct SequenceContext {
  const Decoder& decoder;
  DecodeBatches* batches = nullptr;  // null where the decoder's passes continue a sequence
  int64_t image_context_id = 0;      // has experts of its own
};

/// A sequence behind what `state` has read.
/// \param capacity  tokens it may come to have
/// \param trace     sees `logits_steps`; kept as a copy
std::unique_ptr<Sequence> make_sequence(const SequenceContext& context, DecoderState state,
                                        int64_t capacity, const TraceSink& trace);

}  // namespace mono::model
