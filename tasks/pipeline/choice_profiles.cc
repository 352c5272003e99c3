#include "tasks/pipeline/choice_profiles.h"

#include "tasks/pipeline/profiles.h"

namespace mono::tasks {

Profile vlmevalkit_choice_profile() {
  auto profile = vlmevalkit_profile();
  profile.what =
      "VLMEvalKit as of 2026: a letter counts among the last four words only, `answer is X` is "
      "read, answers over twice all option texts are not searched for these; a judge, where there "
      "is one, reads the rest.";
  return profile;
}

Profile vlmevalkit_2024_choice_profile() {
  auto profile = vlmevalkit_2024_profile();
  profile.what =
      "VLMEvalKit of October 2024: pictures go through JPEG, a letter counts anywhere in the "
      "answer, formulas in the result sheet become 0; a judge, where there is one, reads the rest.";
  return profile;
}

}  // namespace mono::tasks
