#pragma once

#include "tests/golden_scores/score_case.h"

namespace mono::tests {

ScoreFamily choice_family();
ScoreFamily vqa_family();

/// How the scores of a task are compared; by the task's name, in its own way or the usual one.
inline ScoreFamily family_of(std::string_view task) {
  if (task == "textvqa") return vqa_family();
  for (const std::string_view name : {"mmbench_en", "mmbench_en_dev", "ccbench", "seed_image",
                                      "scienceqa", "ai2d", "mmmu", "mmmu_dev"}) {
    if (task == name) return choice_family();
  }
  return {};
}

}  // namespace mono::tests
