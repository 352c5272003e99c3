#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tasks/reader/predictions.h"
#include "tasks/reader/sheet_writer.h"
#include "tasks/registry.h"
#include "tests/task_cases.h"

namespace mono::tests {

using TextRows = std::vector<std::vector<std::string>>;

inline std::string tsv_of_texts(const TextRows& table) {
  std::string text;
  for (const auto& row : table) {
    for (const auto& cell : row) text += cell + "\t";
    text.back() = '\n';
  }
  return text;
}

/// An object a row; an empty cell is null.
inline std::string json_lines_of_texts(const TextRows& table) {
  std::string text;
  for (size_t row = 1; row < table.size(); ++row) {
    nlohmann::ordered_json line;
    for (size_t column = 0; column < table[row].size(); ++column) {
      const auto& cell = table[row][column];
      line[table[0][column]] =
          cell.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(cell);
    }
    text += line.dump() + "\n";
  }
  return text;
}

inline void write_xlsx_of_texts(const std::filesystem::path& path, const TextRows& table) {
  std::vector<std::vector<tasks::CellView>> columns(table[0].size());
  for (size_t row = 1; row < table.size(); ++row) {
    for (size_t column = 0; column < columns.size(); ++column) {
      const auto& cell = table[row].at(column);
      columns[column].push_back(cell.empty() ? tasks::CellView()
                                             : tasks::CellView(std::string_view(cell)));
    }
  }
  tasks::write_sheet_file(path, table[0], columns);
}

/// Writes a table of predictions whose first row names the columns; the name's end says how:
/// `.tsv`, `.xlsx` or `.jsonl`.
inline std::filesystem::path write_table(const std::filesystem::path& folder, const TextRows& table,
                                         const std::string& name) {
  auto path = folder / name;
  if (name.ends_with(".xlsx")) {
    write_xlsx_of_texts(path, table);
  } else {
    std::ofstream(path) << (name.ends_with(".tsv") ? tsv_of_texts(table)
                                                   : json_lines_of_texts(table));
  }
  return path;
}

/// The rows of a table, read in `vek` as the file of that name; beside samples, if any.
inline std::vector<tasks::Row> rows_of_table(
    const TextRows& table, const std::string& task_name, const std::string& form,
    std::span<const std::shared_ptr<const tasks::Sample>> samples = {}) {
  const ScratchFolder folder;
  const auto path = write_table(folder.path(), table, form);
  const auto& task = tasks::task_named(task_name);
  return tasks::read_predictions(path, task, task.profile("vek"), samples).rows;
}

/// Why those rows failed, "" where one did not.
inline std::vector<std::string> errors_of(
    const TextRows& table, const std::string& task_name, const std::string& form,
    std::span<const std::shared_ptr<const tasks::Sample>> samples = {}) {
  std::vector<std::string> errors;
  for (const auto& row : rows_of_table(table, task_name, form, samples)) {
    errors.push_back(row.error);
  }
  return errors;
}

}  // namespace mono::tests
