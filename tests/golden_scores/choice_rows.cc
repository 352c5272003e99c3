#include "tests/golden_scores/choice_rows.h"

#include <map>

#include "tasks/reader/choice_layouts.h"
#include "tasks/reader/json_cells.h"
#include "tasks/reader/samples.h"
#include "tests/task_cases.h"

namespace mono::tests {

using nlohmann::json;

namespace {

/// Rows of the files `vek` and `ivl` of this benchmark, by index: cells and response.
std::map<std::string, json> source_rows(const std::filesystem::path& path) {
  const auto name = parse_golden_name(path);
  const auto file = [&](const char* profile) {
    return path.parent_path() / (name.benchmark + "." + profile + ".jsonl");
  };
  std::map<std::string, json> rows;
  for (const auto& row : read_golden_rows(file("vek"))) {
    rows[row.at("row").at("index").dump()]["joined_row"] = row["row"];
  }
  for (const auto& row : read_golden_rows(file("ivl"))) {
    rows[row.at("row").at("index").dump()]["response"] = row.at("response");
  }
  return rows;
}

const json& cells_of(const json& golden) {
  if (golden.contains("row")) return golden["row"];
  return golden.contains("joined_row") ? golden["joined_row"] : golden;
}
const json& cells_of(json&&) = delete;

/// A row of InternVL's own data: options as list or object, answers in other columns.
tasks::Sample internvl_sample(json cells, size_t position) {
  const auto where = "golden row " + std::to_string(position);
  if (!cells.contains("question_id") && !cells.contains("id")) cells["index"] = position;
  if (cells.contains("id")) cells.erase("index");
  tasks::use_table_columns(cells, where);
  return tasks::sample_of_cells(tasks::cells_of_json(cells), where);
}

bool is_table_row(const json& cells) {
  return cells.contains("index") && !cells.contains("options");
}

}  // namespace

std::vector<json> joined_choice_rows(const std::filesystem::path& path) {
  auto rows = read_golden_rows(path);
  const bool refers = !rows.front().contains("response");
  if (!refers) return rows;
  const auto sources = source_rows(path);
  for (auto& row : rows) row.update(sources.at(row.at("index").dump()));
  return rows;
}

std::vector<tasks::Sample> choice_samples(const ScoreCase& test) {
  std::vector<json> table;
  std::vector<tasks::Sample> samples;
  for (size_t i = 0; i < test.golden.size(); ++i) {
    const auto& cells = cells_of(test.golden[i]);
    if (is_table_row(cells)) {
      table.push_back(cells);
    } else {
      samples.push_back(internvl_sample(cells, i));
    }
  }
  if (table.empty()) return samples;
  const ScratchFolder folder;
  return tasks::samples_of_table(tasks::read_tsv(folder.write("rows.tsv", tsv_of(table))), {});
}

ScoreCase whole_case(const ScoreCase& test) {
  ScoreCase whole{.task = test.task, .profile = test.profile};
  for (const auto& [index, row] : source_rows(test.file)) whole.golden.push_back(row);
  for (auto& sample : choice_samples(whole)) {
    const auto& response = whole.golden[whole.rows.size()].at("response");
    whole.rows.push_back(
        {.sample = std::make_shared<const tasks::Sample>(std::move(sample)), .response = response});
  }
  tasks::score_rows(whole.task, whole.profile, whole.rows);
  return whole;
}

}  // namespace mono::tests
