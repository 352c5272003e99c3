#pragma once

#include "tasks/profile.h"

/// VLMEvalKit's profiles of multiple-choice sets, described.
namespace mono::tasks {

Profile vlmevalkit_choice_profile();
Profile vlmevalkit_2024_choice_profile();

}  // namespace mono::tasks
