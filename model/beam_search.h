#pragma once

#include <memory>
#include <span>
#include <vector>

#include "model/generation.h"

namespace mono::model {

/// The continuation with the highest score of those that `decoding.num_beams` beams find.
///
///   score = (sum of fp32 log-softmax over the new tokens) / (number of new tokens)^length_penalty
///
/// Each step looks at the max(2, 1 + number of stop ids) * num_beams best continuations of all
/// beams, best first, equal ones by beam, then id. One that ends in a stop id is finished if it is
/// among the first num_beams, else dropped; the others fill the beams. The search ends at
/// max_new_tokens, or when num_beams are finished and the best candidate of the step could not
/// beat the worst of them. A finished answer carries the first of the stop ids, whichever it met.
///
/// Rules: huggingface/transformers v4.37.2, generation/beam_search.py, BeamSearchScorer with
/// early_stopping False, and generation/utils.py, beam_search.
///
/// Parameters as `continue_sequence`.
Generation search_beams(std::unique_ptr<Sequence> sequence, std::vector<float> logits,
                        const Decoding& decoding, std::span<const int64_t> stop_ids,
                        int64_t bos_id);

}  // namespace mono::model
