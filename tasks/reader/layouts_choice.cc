#include "tasks/reader/layout_parts.h"

namespace mono::tasks {
namespace {

using enum Making;

/// A question with the letters A to D and their texts in fields of those names.
std::vector<ColumnSource> lettered(std::vector<ColumnSource> before,
                                   const std::vector<ColumnSource>& after) {
  for (const std::string_view letter : {"A", "B", "C", "D"}) {
    before.push_back({.column = letter, .fields = {letter}});
  }
  before.insert(before.end(), after.begin(), after.end());
  return before;
}

std::vector<ColumnSource> same_names(std::initializer_list<std::string_view> names) {
  std::vector<ColumnSource> columns;
  for (const auto name : names) columns.push_back({.column = name, .fields = {name}});
  return columns;
}

std::vector<ColumnSource> joined(std::vector<ColumnSource> first,
                                 const std::vector<ColumnSource>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Layout ai2d() {
  return {.task = "ai2d",
          .columns = {kQuestionId,
                      kQuestion,
                      {.column = "A", .fields = {"options"}, .making = kOptions},
                      {.column = "answer", .fields = {"answer"}, .making = kLetterOfIndex}},
          .first_index = 0,
          .answers_are_letters = true,
          .has_options_in_question = true,
          .internvl_files = {"data/ai2diagram/test_vlmevalkit.jsonl"},
          .hub = {.folders = {"ai2d"}, .splits = {"test"}}};
}

Layout scienceqa() {
  return {
      .task = "scienceqa",
      .columns = joined({{.column = "hint", .fields = {"hint"}},
                         kQuestion,
                         {.column = "A", .fields = {"choices"}, .making = kOptions},
                         {.column = "answer", .fields = {"answer"}, .making = kLetterOfIndex}},
                        same_names({"task", "grade", "subject", "topic", "category", "skill",
                                    "lecture", "solution", "split"})),
      .first_index = 1,
      .answers_are_letters = true,
      .internvl_files = {"data/scienceqa/scienceqa_test_img.jsonl"},
      .hub = {.folders = {"ScienceQA"}, .configs = {"ScienceQA-IMG", "data"}, .splits = {"test"}}};
}

Layout mmmu() {
  return {.task = "mmmu",
          .columns = {{.column = "id", .fields = {"id"}},
                      kQuestion,
                      {.column = "A", .fields = {"options"}, .making = kOptions},
                      kAnswer,
                      {.column = "question_type", .fields = {"question_type"}},
                      {.column = "split", .fields = {"id"}, .making = kFirstPart, .text = "_"},
                      {.column = "image_path", .making = kPicturePaths}},
          .images = {"image_1", "image_2", "image_3", "image_4", "image_5", "image_6", "image_7"},
          .all_images = true,
          .first_index = 1,
          .answers_are_letters = true,
          .hub = {.folders = {"MMMU"}, .splits = {"validation"}}};
}

Layout mathvista() {
  std::vector<ColumnSource> columns = {
      {.column = "index", .fields = {"pid"}},
      {.column = "question", .fields = {"query"}},
      {.column = "choices", .fields = {"choices"}, .making = kList},
      kAnswer,
      {.column = "answer_option", .fields = {"choices", "answer"}, .making = kLetterOfChoice}};
  columns = joined(columns, same_names({"question_type", "answer_type", "unit", "precision"}));
  for (const auto& [column, field] : std::initializer_list<std::pair<const char*, const char*>>{
           {"task", "metadata.task"},
           {"category", "metadata.category"},
           {"context", "metadata.context"},
           {"grade", "metadata.grade"},
           {"source", "metadata.source"},
           {"language", "metadata.language"}}) {
    columns.push_back({.column = column, .fields = {field}});
  }
  columns.push_back({.column = "skills", .fields = {"metadata.skills"}, .making = kList});
  return {.task = "mathvista",
          .columns = columns,
          .images = {"decoded_image", "image"},
          .ignored = {"question"},
          .internvl_files = {"data/MathVista/annot_testmini.json"},
          .hub = {.folders = {"MathVista"}, .splits = {"testmini"}}};
}

Layout mmbench(std::string_view task, std::string_view file, std::string_view split) {
  return {.task = task,
          .columns = lettered({{.column = "index", .fields = {"index"}},
                               kQuestion,
                               {.column = "hint", .fields = {"hint"}}},
                              {kAnswer,
                               {.column = "category", .fields = {"category"}},
                               {.column = "source", .fields = {"source"}},
                               {.column = "l2-category", .fields = {"l2-category", "L2-category"}},
                               {.column = "comment", .fields = {"comment"}},
                               {.column = "split", .fields = {"split"}}}),
          .internvl_reads_table = true,
          .answers_are_letters = true,
          .internvl_files = {file},
          .hub = {.folders = {"MMBench"}, .configs = {"en"}, .splits = {split}}};
}

Layout ccbench() {
  return {.task = "ccbench",
          .columns = lettered({{.column = "index", .fields = {"index"}}, kQuestion, kAnswer},
                              same_names({"category", "source"})),
          .internvl_reads_table = true,
          .answers_are_letters = true,
          .internvl_files = {"data/mmbench/CCBench_legacy.tsv"},
          .hub = {.folders = {"MMBench"}, .configs = {"cc"}, .splits = {"test"}}};
}

Layout seed_image() {
  return {.task = "seed_image",
          .columns = {kQuestionId,
                      kQuestion,
                      {.column = "A", .fields = {"A", "choice_a"}},
                      {.column = "B", .fields = {"B", "choice_b"}},
                      {.column = "C", .fields = {"C", "choice_c"}},
                      {.column = "D", .fields = {"D", "choice_d"}},
                      kAnswer,
                      {.column = "category",
                       .fields = {"category", "question_type_id"},
                       .making = kMapped,
                       .values = {{"1", "Scene Understanding"},
                                  {"2", "Instance Identity"},
                                  {"3", "Instance Location"},
                                  {"4", "Instance Attributes"},
                                  {"5", "Instances Counting"},
                                  {"6", "Spatial Relation"},
                                  {"7", "Instance Interaction"},
                                  {"8", "Visual Reasoning"},
                                  {"9", "Text Understanding"}}},
                      {.column = "question_type_id", .fields = {"question_type_id"}}},
          .all_images = true,
          .skipped_unless = "data_type",
          .skipped_value = "image",
          .answers_are_letters = true,
          .num_options = 4,
          .has_options_in_question = true,
          .annotations = {.files = {"SEED-Bench.json"}, .list = "questions", .key = "question_id"},
          .internvl_files = {"data/SEED/seed.jsonl"},
          .hub = {.folders = {"SEED-Bench"}, .splits = {"test"}}};
}

}  // namespace

std::vector<Layout> choice_layouts() {
  return {
      mmbench("mmbench_en", "data/mmbench/mmbench_test_en_20231003.tsv", "test"),
      mmbench("mmbench_en_dev", "data/mmbench/mmbench_dev_20230712.tsv", "dev"),
      ccbench(),
      seed_image(),
      scienceqa(),
      ai2d(),
      mmmu(),
      mathvista(),
  };
}

}  // namespace mono::tasks
