#pragma once

#include "tasks/profile.h"

/// What all benchmarks of a pipeline share; a task changes what is its own (tile limit, tokens).
namespace mono::tasks {

/// OpenGVLab/InternVL@2410d1d, internvl_chat/eval: greedy, at least one new token.
Profile internvl_profile(int max_new_tokens);

/// open-compass/VLMEvalKit@e8e78f05 (2026).
Profile vlmevalkit_profile();

/// open-compass/VLMEvalKit@be542791 (October 2024, when the paper appeared): pictures go through
/// JPEG, formulas in the result sheet become 0, older letter and period rules.
Profile vlmevalkit_2024_profile();

}  // namespace mono::tasks
