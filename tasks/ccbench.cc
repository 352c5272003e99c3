// CCBench, the Chinese culture part of MMBench, 510 questions. Liu et al. 2023, arXiv:2307.06281.
// Metric: circular accuracy over base questions.

#include "tasks/circular_task.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"

namespace mono::tasks {
namespace {

std::vector<Profile> ccbench_profiles() {
  auto internvl = internvl_profile(100);
  internvl.what =
      "InternVL's own script: the Chinese sentence that asks for a letter whatever the question "
      "holds; the answer is reduced to a letter for the server, and the number here is how many "
      "letters are right, no CCBench score.";
  internvl.message.asks_in_chinese = true;
  return circular_profiles(internvl);
}

}  // namespace

const Task& ccbench() {
  static const CircularTask task({.name = "ccbench",
                                  .aliases = {"CCBench", "CCBench_legacy", "ccbench_dev_cn"},
                                  .image_folder = "CCBench"},
                                 ccbench_profiles());
  return task;
}

}  // namespace mono::tasks
