#pragma once

#include "tests/golden_scores/score_case.h"

namespace mono::tests {

ScoreFamily choice_family();
ScoreFamily hallusionbench_family();
ScoreFamily mathvista_family();
ScoreFamily mme_family();
ScoreFamily mmvet_family();
ScoreFamily vqa_family();
ScoreFamily gqa_family();
ScoreFamily anls_family();
ScoreFamily chartqa_family();
ScoreFamily caption_family();

/// How the scores of a task are compared; by the task's name, in its own way or the usual one.
inline ScoreFamily family_of(std::string_view task) {
  if (task == "hallusionbench") return hallusionbench_family();
  if (task == "mathvista") return mathvista_family();
  if (task == "mme") return mme_family();
  if (task == "mmvet") return mmvet_family();
  if (task == "textvqa" || task == "vqav2") return vqa_family();
  if (task == "gqa") return gqa_family();
  if (task.starts_with("docvqa") || task.starts_with("infovqa")) return anls_family();
  if (task == "chartqa") return chartqa_family();
  for (const std::string_view captions : {"coco_caption", "flickr30k", "nocaps"}) {
    if (task == captions) return caption_family();
  }
  for (const std::string_view name : {"mmbench_en", "mmbench_en_dev", "ccbench", "seed_image",
                                      "scienceqa", "ai2d", "mmmu", "mmmu_dev"}) {
    if (task == name) return choice_family();
  }
  return {};
}

}  // namespace mono::tests
