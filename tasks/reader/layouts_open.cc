#include "tasks/reader/layout_parts.h"

namespace mono::tasks {
namespace {

using enum Making;

Annotations answers_in(std::string_view file, std::string_view list, std::string_view key) {
  return {.files = {file}, .list = list, .key = key};
}

const std::vector<ColumnSource> kOpenQuestion = {kQuestionId, kQuestion, kReferences};

Layout textvqa() {
  return {.task = "textvqa",
          .columns = kOpenQuestion,
          .annotations = answers_in("textvqa_val_annotations.json", "annotations", "question_id"),
          .internvl_files = {"data/textvqa/textvqa_val.jsonl"},
          .hub = {.folders = {"textvqa"}, .splits = {"validation"}}};
}

Layout vqav2() {
  return {
      .task = "vqav2",
      .columns = kOpenQuestion,
      .annotations = answers_in("v2_mscoco_val2014_annotations.json", "annotations", "question_id"),
      .internvl_files = {"data/vqav2/vqav2_val.jsonl"},
      .hub = {.folders = {"VQAv2"}, .splits = {"validation"}}};
}

Layout docvqa(std::string_view task, std::string_view file, std::string_view split,
              Annotations annotations) {
  return {.task = task,
          .columns = kOpenQuestion,
          .annotations = std::move(annotations),
          .internvl_files = {file},
          .hub = {.folders = {"DocVQA"}, .configs = {"DocVQA"}, .splits = {split}}};
}

Layout infovqa(std::string_view task, std::string_view file, std::string_view split,
               Annotations annotations) {
  return {.task = task,
          .columns = kOpenQuestion,
          .annotations = std::move(annotations),
          .internvl_files = {file},
          .hub = {.folders = {"DocVQA"}, .configs = {"InfographicVQA"}, .splits = {split}}};
}

Layout gqa() {
  return {.task = "gqa",
          .columns = {kQuestionId, kQuestion, kAnswer},
          .internvl_files = {"data/gqa/llava_gqa_testdev_balanced_qwen_format.jsonl"},
          .hub = {.folders = {"GQA"},
                  .configs = {"testdev_balanced_instructions"},
                  .splits = {"testdev"}},
          .picture_table = {.rows_word = "instructions",
                            .pictures_word = "images",
                            .row_key = "imageId",
                            .picture_key = "id"}};
}

Layout chartqa() {
  return {.task = "chartqa",
          .columns = {kQuestion,
                      {.column = "answer", .fields = {"answer", "label"}, .making = kOneAnswer},
                      {.column = "split",
                       .fields = {"split", "type", "human_or_machine"},
                       .making = kMapped,
                       .values = {{"human_test", "test_human"},
                                  {"augmented_test", "test_augmented"},
                                  {"0", "test_human"},
                                  {"1", "test_augmented"}}}},
          .first_index = 1,
          .ignored = {"question_id"},
          .internvl_files = {"data/chartqa/test_human.jsonl", "data/chartqa/test_augmented.jsonl"},
          .hub = {.folders = {"ChartQA"}, .splits = {"test"}}};
}

Layout ocrbench() {
  return {.task = "ocrbench",
          .columns = {kQuestion,
                      {.column = "answer", .fields = {"answers", "answer"}, .making = kList},
                      {.column = "category", .fields = {"question_type", "type"}}},
          .images = {"image", "image_path"},
          .first_index = 0,
          .ignored = {"id"},
          .hub = {.folders = {"OCRBench"}, .splits = {"test"}}};
}

/// Images with captions instead of questions and answers.
Layout captions(std::string_view task, std::vector<std::string_view> ids, std::string_view file,
                std::string_view image_folder, std::string_view captions_file, HubFiles hub) {
  return {
      .task = task,
      .columns = {{.column = "index", .fields = std::move(ids), .making = kImageNumber},
                  {.column = "answer",
                   .fields = {"captions", "annotations_captions", "caption", "answer", "sentences"},
                   .making = kAnswers}},
      .images = {"image", "file_name"},
      .rows_list = "images",
      .image_folder = image_folder,
      .needs_question = false,
      .ignored = {"width", "height", "license", "coco_url", "flickr_url", "date_captured",
                  "open_images_id"},
      .annotations = {.files = {captions_file},
                      .list = "annotations",
                      .key = "image_id",
                      .collected = "caption"},
      .internvl_files = {file},
      .hub = std::move(hub)};
}

}  // namespace

std::vector<Layout> open_layouts() {
  return {
      textvqa(),
      vqav2(),
      docvqa("docvqa", "data/docvqa/test.jsonl", "test", {}),
      docvqa("docvqa_val", "data/docvqa/val.jsonl", "validation",
             answers_in("val/val_v1.0.json", "data", "questionId")),
      infovqa("infovqa", "data/infographicsvqa/test.jsonl", "test", {}),
      infovqa("infovqa_val", "data/infographicsvqa/val.jsonl", "validation",
              answers_in("infographicsVQA_val_v1.0_withQT.json", "data", "questionId")),
      gqa(),
      chartqa(),
      ocrbench(),
      captions("coco_caption", {"image_id", "cocoid", "id", "image"},
               "data/coco/annotations/coco_karpathy_test.json", "", "coco_karpathy_test_gt.json",
               {.folders = {"COCO-Caption"}, .splits = {"test"}}),
      captions("flickr30k", {"image_id", "img_id", "id"},
               "data/flickr30k/flickr30k_test_karpathy.json", "", kSameFile,
               {.folders = {"flickr30k"}, .splits = {"test"}}),
      captions("nocaps", {"image_id", "id"}, "data/nocaps/nocaps_val_4500_captions.json", "images",
               kSameFile, {.folders = {"NoCaps"}, .splits = {"validation"}}),
  };
}

}  // namespace mono::tasks
