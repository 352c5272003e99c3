// MMBench, English, version 1.0, test and dev. Liu et al. 2023, arXiv:2307.06281. Metric:
// circular accuracy over base questions.

#include "tasks/circular_task.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"

namespace mono::tasks {
namespace {

std::vector<Profile> mmbench_profiles() {
  auto internvl = internvl_profile(100);
  internvl.version = 2;  // answers on which the script stops are left out, no longer wrong
  internvl.what =
      "InternVL's own script: the answer is reduced to a letter for the submission server; the "
      "number here is how many letters are right, no MMBench score.";
  return circular_profiles(internvl);
}

}  // namespace

const Task& mmbench_en() {
  static const CircularTask task(
      {.name = "mmbench_en",
       .aliases = {"MMBench_TEST_EN", "MMBench", "mmbench_test_en_20231003"},
       .image_folder = "MMBench",
       .main_split = "test"},
      mmbench_profiles());
  return task;
}

const Task& mmbench_en_dev() {
  static const CircularTask task({.name = "mmbench_en_dev",
                                  .aliases = {"MMBench_DEV_EN", "mmbench_dev_20230712"},
                                  .image_folder = "MMBench",
                                  .main_split = "dev"},
                                 mmbench_profiles());
  return task;
}

}  // namespace mono::tasks
