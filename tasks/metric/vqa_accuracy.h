#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/profile.h"

namespace mono::tasks {

/// The punctuation step of the VQA normalisation alone: marks deleted or replaced by a blank,
/// periods taken out; case and words as they are.
std::string without_vqa_punctuation(std::string_view text, const VqaRules& rules);

/// The first step alone, white space: line breaks and tabs are blanks, none at the ends.
std::string plain_vqa_text(std::string_view text);

/// An answer or reference as the VQA soft accuracy compares it: punctuation, number words,
/// articles and contractions evened out.
/// Rule: OpenGVLab/InternVL@2410d1d internvl_chat/eval/vqa/textvqa_eval.py (with `m4c_pre_step`),
/// open-compass/VLMEvalKit@e8e78f05 vlmeval/dataset/utils/vqa_eval.py, whose state of 2024 is that
/// of GT-Vision-Lab/VQA@a013f00 PythonEvaluationTools/vqaEvaluation/vqaEval.py.
std::string normalise_vqa(std::string_view text, const VqaRules& rules);

/// The VQA soft accuracy of a normalised answer: the mean, over the references left out one at a
/// time, of min(1, matches among the others / 3). Antol et al. 2015, arXiv:1505.00468.
/// \param references  Normalised; ten in the benchmarks.
/// \returns [0, 1], added up in the order `rules` name.
/// \throws model::SetupError if there is no reference.
double vqa_accuracy(std::string_view answer, std::span<const std::string> references,
                    const VqaRules& rules);

}  // namespace mono::tasks
