#pragma once

#include <array>
#include <span>

#include "tasks/metric/caption_texts.h"
#include "tasks/metric/ngrams.h"

namespace mono::tasks {

/// Corpus Bleu-1 to Bleu-4, Papineni et al. 2002: the n-th root of the product, over k <= n, of
/// clipped k-gram matches / k-grams, times exp(1 - R / T) where the captions have fewer words (T)
/// than the references nearest in length (R).
/// Formula: salaniz/pycocoevalcap 1.2, bleu/bleu_scorer.py, `closest`, with its small constants
/// that keep quotients from being 0 / 0.
/// \returns [0, 1] each.
/// \throws model::SetupError if there is no picture, or one has no reference.
std::array<double, kMaxNgram> bleu(std::span<const CaptionTexts> pictures);

}  // namespace mono::tasks
