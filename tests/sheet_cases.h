#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tasks/pipeline/profiles.h"
#include "tasks/pipeline/result_sheet.h"
#include "tests/task_cases.h"

namespace mono::tests {

inline std::string type_name(const tasks::CellView& cell) {
  if (std::holds_alternative<std::string_view>(cell)) return "str";
  if (std::holds_alternative<bool>(cell)) return "bool";
  const bool is_float =
      std::holds_alternative<double>(cell) || std::holds_alternative<std::monostate>(cell);
  return is_float ? "float" : "int";
}

inline std::string dtype_of(const tasks::SheetColumn& column) {
  std::set<std::string> types;
  bool is_unsigned = false;
  for (size_t i = 0; i < column.size(); ++i) {
    types.insert(type_name(column[i]));
    is_unsigned = is_unsigned || std::holds_alternative<uint64_t>(column[i]);
  }
  if (types.size() > 1 || types.contains("str")) return "object";
  if (types.contains("bool")) return "bool";
  if (types.contains("float")) return "float64";
  return is_unsigned ? "uint64" : "int64";
}

inline void check_whole_column(const nlohmann::json& row, const tasks::SheetRules& rules) {
  const auto written = row.at("whole_column").get<std::vector<std::string>>();
  tasks::SheetColumn column({written.begin(), written.end()}, rules);
  EXPECT_EQ(dtype_of(column), row.at("dtype").get<std::string>()) << row;
  for (size_t i = 0; i < written.size(); ++i) {
    EXPECT_EQ(column.text(i), row.at("scored_text").at(i).get<std::string>()) << row;
  }
}

inline void check_single_cell(const nlohmann::json& row, const tasks::SheetRules& rules) {
  std::string written;
  if (row.contains("written_repeat")) {
    const auto& repeat = row["written_repeat"];
    for (int i = 0; i < repeat.at("count"); ++i) written += repeat.at("text");
  } else {
    written = row.at("written");
  }
  tasks::SheetColumn column(
      {std::string_view("one"), std::string_view(written), std::string_view("other")}, rules);
  const auto text = column.text(1);
  EXPECT_EQ(type_name(column[1]), row.at("cell_type").get<std::string>()) << row;
  EXPECT_EQ(text != written, row.at("changed").get<bool>()) << row;
  if (row.contains("written_repeat")) {
    EXPECT_EQ(text.size(), row.at("scored_length").get<size_t>()) << row;
  } else {
    EXPECT_EQ(text, row.at("scored_text").get<std::string>()) << row;
  }
}

/// Checks a file of texts as they come back from VLMEvalKit's result sheet, in the given profile.
inline void check_sheet(const std::filesystem::path& path, const std::string& profile) {
  const auto rules =
      profile == "vek" ? tasks::vlmevalkit_profile().sheet : tasks::vlmevalkit_2024_profile().sheet;
  for (const auto& row : read_golden_rows(path)) {
    if (row.contains("whole_column")) {
      check_whole_column(row, rules);
    } else {
      check_single_cell(row, rules);
    }
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace mono::tests
