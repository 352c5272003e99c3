#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tasks/reader/reader.h"
#include "tasks/registry.h"
#include "tasks/text/list_literal.h"
#include "tests/reader_cases.h"
#include "tests/temporary_folder.h"

/// Rows of every benchmark with answers of all kinds, for what must hold whatever they are.
namespace mono::tests {

/// The text with `by` added to its last run of digits: another row's index, another file's name.
inline std::string renumbered(const std::string& text, int by) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto last = std::find_if(text.rbegin(), text.rend(), is_digit);
  if (last == text.rend()) return text;
  const auto first = std::find_if_not(last, text.rend(), is_digit);
  const std::string digits(first.base(), last.base());
  return std::string(text.begin(), first.base()) + std::to_string(std::stoll(digits) + by) +
         std::string(last.base(), text.end());
}

/// Rows of the task in VLMEvalKit's form. A set whose answers are kept back borrows those of the
/// set that has them.
inline const ordered_json& table_rows(const tasks::Task& task) {
  static const auto cases = reader_cases();
  const auto rows_of = [](std::string_view name) -> const ordered_json* {
    for (const auto& one : cases) {
      if (one.forms.at("task") == name) return &one.forms.at("tsv");
    }
    return nullptr;
  };
  const std::string name(task.name());
  for (const auto& source : {name + "_val", name + "_dev", name, name.substr(0, name.rfind('_'))}) {
    if (const auto* const rows = rows_of(source)) return *rows;
  }
  model::fail("no rows of ", name, " in tests/data/readers/cases.json");
}

/// What a set asks of its rows beyond those at hand: ten references, the set's own split, a
/// category that counts, no option that asks for another rotation.
inline void fit_to_task(ordered_json& row, std::string_view task, int copy) {
  constexpr size_t kNumReferences = 10;
  if (task == "textvqa" || task.starts_with("vqav2")) {
    auto answers = *tasks::parse_list_literal(row.at("answer").get<std::string>());
    for (size_t i = 0; answers.size() < kNumReferences; ++i) answers.push_back(answers[i]);
    row["answer"] = tasks::list_literal(answers);
  }
  if (task == "mmbench_en") row["split"] = "test";
  if (task == "mmmu_dev") row["split"] = "dev";
  if (task == "ccbench") row["B"] = row["C"] = row["D"] = "";
  if (task == "mme") {
    constexpr const char* kCategories[] = {"existence",
                                           "count",
                                           "position",
                                           "color",
                                           "posters",
                                           "celebrity",
                                           "scene",
                                           "landmark",
                                           "artwork",
                                           "OCR",
                                           "commonsense_reasoning",
                                           "numerical_calculation",
                                           "text_translation",
                                           "code_reasoning"};
    row["category"] = kCategories[copy % std::ssize(kCategories)];
    row["image_path"] = row["category"].get<std::string>() + "/" + row["image"].dump() + ".jpg";
  }
}

/// Whether a row is of a picture of MME's about which there is a second question, as of all of its
/// own.
inline bool has_its_pair(const ordered_json& row, std::string_view task) {
  return task != "mme" || row.at("category") == "OCR";
}

/// The task's rows in VLMEvalKit's form, `num_copies` times, with ids and pictures of their own.
inline ordered_json copied_rows(const tasks::Task& task, int num_copies) {
  constexpr int kIndicesPerCopy = 10;
  auto rows = ordered_json::array();
  for (int copy = 0; copy < num_copies; ++copy) {
    for (auto row : table_rows(task)) {
      if (!has_its_pair(row, task.name())) continue;
      for (const char* const column : {"index", "id", "image_path", "image"}) {
        if (!row.contains(column) || !row[column].is_string()) continue;
        row[column] = renumbered(row[column].get<std::string>(), copy * kIndicesPerCopy);
      }
      fit_to_task(row, task.name(), copy);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

/// Samples as the profile's reader gives them: the task's rows, `num_copies` times.
inline std::vector<std::shared_ptr<const tasks::Sample>> property_samples(
    const tasks::Task& task, const tasks::Profile& profile, int num_copies = 14) {
  const TemporaryFolder folder;
  const auto rows = copied_rows(task, num_copies);
  const auto file = folder.write(std::string(task.name()) + ".tsv", tsv_text(rows));
  auto set = tasks::read_samples(file, task, profile);
  for (const auto& sample : set.samples) {
    if (!sample->fault.empty()) model::fail(sample->fault);
  }
  return std::move(set.samples);
}

/// A response that is right beyond doubt.
/// \returns nothing where the row has no accepted answer.
inline std::optional<std::string> right_answer(const tasks::Sample& sample) {
  if (sample.targets.empty()) return std::nullopt;
  return sample.targets.front();
}

/// An answer of one of many kinds.
inline std::string drawn_answer(const tasks::Sample& sample, std::mt19937& random) {
  std::vector<std::string> pool = {"",        "Yes",
                                   "No.",     "Not sure",
                                   "A",       "B.",
                                   "(C)",     "14",
                                   "841,961", "42.0",
                                   "é \"",    "The answer is B",
                                   "a man",   "the cat's bike",
                                   "nan",     "=1+1",
                                   "[1, 2]"};
  // Captions are split into words as one text: `B.` is an initial where a capital follows.
  if (sample.question.empty()) {
    std::erase_if(pool, [](const std::string& text) { return text.ends_with('.'); });
  }
  for (const auto& choice : sample.choices) pool.push_back(choice.text);
  for (const auto& target : sample.targets) {
    pool.insert(pool.end(), {target, target, target, target + ".", "It is " + target});
  }
  return pool[random() % pool.size()];
}

inline std::vector<tasks::Row> answered_rows(
    const std::vector<std::shared_ptr<const tasks::Sample>>& samples, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<tasks::Row> rows;
  rows.reserve(samples.size());
  for (const auto& sample : samples) {
    rows.push_back({.sample = sample, .response = drawn_answer(*sample, random)});
  }
  return rows;
}

/// The row with its accepted answers in the opposite order.
inline tasks::Row with_answers_reversed(tasks::Row row) {
  auto sample = *row.sample;
  std::reverse(sample.targets.begin(), sample.targets.end());
  for (auto& [name, cell] : sample.cells) {
    const auto* const text = std::get_if<std::string>(&cell);
    if (name != "answer" || text == nullptr) continue;
    auto answers = tasks::parse_list_literal(*text);
    if (!answers) continue;
    std::reverse(answers->begin(), answers->end());
    cell = tasks::list_literal(*answers);
  }
  row.sample = std::make_shared<const tasks::Sample>(std::move(sample));
  row.score.reset();
  return row;
}

}  // namespace mono::tests
