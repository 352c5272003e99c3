#pragma once

#include "tests/golden_scores/score_case.h"

namespace mono::tests {

ScoreFamily vqa_family();

/// How the scores of a task are compared; by the task's name, in its own way or the usual one.
inline ScoreFamily family_of(std::string_view task) {
  if (task == "textvqa") return vqa_family();
  return {};
}

}  // namespace mono::tests
