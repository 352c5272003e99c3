#include "tasks/pipeline/profiles.h"

namespace mono::tasks {
namespace {

constexpr int64_t kVlmEvalKitMaxPixels = 2'000'000'000;  // twice the limit it sets in Pillow

}  // namespace

Profile internvl_profile(int max_new_tokens) {
  return {.name = "ivl",
          .version = 1,
          .what = "InternVL's own evaluation scripts.",
          .message = {.pipeline = Pipeline::kInternVl,
                      .short_answer_join = " ",
                      .last_choice = 'E',
                      .decoding = {.max_new_tokens = max_new_tokens,
                                   .min_new_tokens = 1,
                                   .temperature = 0.0,
                                   .num_beams = 1},
                      .decoding_v15 = {.max_new_tokens = max_new_tokens,
                                       .min_new_tokens = 1,
                                       .temperature = 0.0,
                                       .num_beams = 1}},
          .vqa = {.m4c_pre_step = true, .sums_left_to_right = true},
          .relaxed = {.measures_against_answer = true}};
}

Profile vlmevalkit_profile() {
  return {
      .name = "vek",
      .version = 2,  // gray pictures with alpha are answered, no longer refused
      .what = "VLMEvalKit as of 2026, exact matching without a judge.",
      .message = {.shares_tile_budget = true,
                  .removes_image_run = true,
                  .names_single_image = true,
                  .image_extension = ".png",
                  .drops_alpha_of_gray = true,
                  .max_pixels = kVlmEvalKitMaxPixels,
                  .decoding = {.max_new_tokens = 4096, .temperature = 0.6, .top_p = 0.95},
                  .decoding_v15 = {.max_new_tokens = 4096}},
      .sheet = {.is_used = true},
      .letter = {.only_last_four_tokens = true, .reads_answer_is = true, .skips_long_texts = true},
      .vqa = {.keeps_period_after_digit = true},
      .target = {.evaluates_lists = true}};
}

Profile vlmevalkit_2024_profile() {
  return {.name = "vek-2024",
          .version = 1,
          .what = "VLMEvalKit of October 2024, exact matching without a judge.",
          .message = {.image_extension = ".jpg",
                      .max_pixels = kVlmEvalKitMaxPixels,
                      .decoding = {.max_new_tokens = 1024, .num_beams = 1},
                      .decoding_v15 = {.max_new_tokens = 1024, .num_beams = 1}},
          .sheet = {.is_used = true, .zeroes_formulas = true},
          .target = {.evaluates_lists = true},
          .relaxed = {.measures_against_answer = true}};
}

}  // namespace mono::tasks
