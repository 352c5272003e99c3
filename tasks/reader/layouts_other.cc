#include "tasks/reader/layout_parts.h"

namespace mono::tasks {
namespace {

using enum Making;

Layout mme() {
  return {.task = "mme",
          .columns = {{.column = "category", .fields = {"category"}},
                      {.column = "image_path", .fields = {"image_path", "question_id"}},
                      kQuestion,
                      kAnswer},
          .sorted_by = "image_path",
          .first_index = 0,
          .internvl_files = {"eval/mme/Your_Results"},
          .internvl_else = "data/mme/MME_Benchmark_release_version",
          .hub = {.folders = {"MME"}, .splits = {"test"}}};
}

Layout hallusionbench() {
  return {.task = "hallusionbench",
          .columns = {{.column = "category", .fields = {"category"}},
                      kQuestion,
                      {.column = "gt_answer_details", .fields = {"gt_answer_details"}},
                      {.column = "l2-category",
                       .fields = {"category", "subcategory"},
                       .making = kJoined,
                       .text = "_"},
                      {.column = "image_path",
                       .fields = {"filename"},
                       .making = kWithoutPrefix,
                       .text = "./"},
                      {.column = "index",
                       .fields = {"category", "subcategory", "visual_input", "set_id", "figure_id",
                                  "question_id"},
                       .making = kJoined,
                       .text = "_"},
                      {.column = "answer",
                       .fields = {"gt_answer"},
                       .making = kMapped,
                       .values = {{"0", "No"}, {"1", "Yes"}}}},
          .images = {"image", "filename"},
          .ignored = {"sample_note"},
          .hub = {.folders = {"HallusionBench"}, .splits = {"image"}}};
}

Layout mmvet() {
  return {.task = "mmvet",
          .columns =
              {{.column = "index", .fields = {"question_id"}, .making = kPrefixed, .text = "v1_"},
               kQuestion,
               kAnswer,
               {.column = "category", .fields = {"capability"}, .making = kWords, .text = ","}},
          .image_folder = "images",
          .ignored = {"category", "imagename", "imagesource", "image_source"},
          .annotations = {.files = {"mm-vet.json"}},
          .internvl_files = {"data/mm-vet/llava-mm-vet.jsonl"},
          .hub = {.folders = {"MMVet"}, .splits = {"test"}}};
}

Layout pope() {
  return {.task = "pope",
          .columns = {{.column = "index", .fields = {"id", "question_id", "index"}},
                      kQuestion,
                      {.column = "answer", .fields = {"answer", "label"}},
                      {.column = "category", .fields = {"category"}}},
          .image_folder = "val2014",
          .internvl_files = {"data/pope/llava_pope_test.jsonl"},
          .hub = {.folders = {"POPE"}, .splits = {"test"}}};
}

}  // namespace

std::vector<Layout> other_layouts() {
  return {mme(), hallusionbench(), mmvet(), pope()};
}

}  // namespace mono::tasks
