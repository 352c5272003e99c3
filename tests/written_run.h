#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/run_maker.h"

namespace mono::tests {

using nlohmann::json;

inline std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::istringstream text(read_file(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

/// The ids of a file of rows, in order; a torn last line and the header have none.
inline std::vector<std::string> ids_of(const std::filesystem::path& path) {
  std::vector<std::string> ids;
  for (const auto& line : lines_of(path)) {
    const auto row = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (row.is_object() && row.contains("id")) ids.push_back(row["id"]);
  }
  return ids;
}

/// What a finished run wrote, its times left out.
struct Written {
  std::string samples{};
  std::vector<std::string> timed{};  // ids
  std::string results{};
  std::string environment{};
};

inline Written written(const RunMaker& runs, const std::string& name) {
  Written all;
  all.samples = read_file(runs.task_folder(name) / "samples.jsonl");
  all.timed = ids_of(runs.task_folder(name) / "timings.jsonl");
  auto results = json::parse(read_file(runs.run_folder(name) / "results.json"));
  results.erase("date");
  results.erase("total_evaluation_time_seconds");
  all.results = results.dump(1);
  all.environment = read_file(runs.run_folder(name) / "environment.json");
  return all;
}

inline void expect_same(const Written& actual, const Written& expected) {
  EXPECT_TRUE(actual.samples == expected.samples) << "samples.jsonl differs";
  EXPECT_TRUE(actual.timed == expected.timed) << "timings.jsonl has other rows";
  EXPECT_EQ(actual.results, expected.results);
  EXPECT_EQ(actual.environment, expected.environment);
}

}  // namespace mono::tests
