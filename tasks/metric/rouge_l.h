#pragma once

#include "tasks/metric/caption_texts.h"

namespace mono::tasks {

/// ROUGE-L of one picture, Lin 2004: (1 + b^2) P Q / (Q + b^2 P), b = 1.2, P and Q the greatest
/// longest common subsequence over the length of the caption, and over that of the reference; 0
/// where P or Q is 0. Words stand between single blanks, so that an empty text is one word.
/// Formula: salaniz/pycocoevalcap 1.2, rouge/rouge.py.
/// \returns [0, 1].
/// \throws model::SetupError if there is no reference.
double rouge_l(const CaptionTexts& picture);

}  // namespace mono::tasks
