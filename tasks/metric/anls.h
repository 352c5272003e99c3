#pragma once

#include <span>
#include <string>
#include <string_view>

/// Average normalised Levenshtein similarity of an answer, Biten et al. 2019, arXiv:1905.13648.
namespace mono::tasks {

/// The edit distance of reference and answer, both in small letters with single blanks, over the
/// length of the longer of the two as they are, in capitals; 0 where both are empty.
/// Formula: OpenGVLab/InternVL@2410d1d internvl_chat/eval/vqa/infographicsvqa_eval.py, which is the
/// evaluation server's own script; open-compass/VLMEvalKit@e8e78f05
/// vlmeval/dataset/utils/vqa_eval.py.
double anls_distance(std::string_view reference, std::string_view answer);

/// 1 - the least distance to a reference; 0 where that is below 0.5.
/// \param references  At least one.
/// \returns [0.5, 1] or 0.
double anls(std::span<const std::string> references, std::string_view answer);

/// The same idea in InternVL's evaluator of answers without question ids: stripped small letters,
/// over the length of the longer of these.
/// Formula: OpenGVLab/InternVL@2410d1d internvl_chat/eval/vqa/textvqa_eval.py, STVQAANLSEvaluator.
/// \returns [0.5, 1] or 0. NaN where an empty answer meets an empty reference, on which the
///          evaluator stops.
double anls_of_list_evaluator(std::span<const std::string> references, std::string_view answer);

}  // namespace mono::tasks
