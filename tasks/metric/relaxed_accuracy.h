#pragma once

#include <string_view>

#include "tasks/profile.h"

namespace mono::tasks {

/// Whether an answer is right within five percent: |candidate - base| / |base| <= 0.05 where both
/// are numbers and the base is not 0, else equality of the texts in small letters. A number may
/// end in `%`. Masry et al. 2022, arXiv:2203.10244.
/// Rule: OpenGVLab/InternVL@2410d1d internvl_chat/eval/vqa/evaluate_vqa.py, relaxed_correctness;
/// open-compass/VLMEvalKit@e8e78f05 vlmeval/dataset/utils/vqa_eval.py. The base is the reference,
/// or, by `rules`, the answer.
/// \param answer  Stripped here; the reference is not.
bool is_relaxed_match(std::string_view reference, std::string_view answer,
                      const RelaxedRules& rules);

}  // namespace mono::tasks
