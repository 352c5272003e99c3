#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "model/adapter.h"
#include "tasks/registry.h"

/// What the golden tests of the text half share.
namespace mono::tests {

/// `<benchmark>.<profile>[.<scorer>].jsonl`, taken apart.
struct GoldenName {
  std::string benchmark{};
  std::string profile{};
  std::string scorer{};  // "judge" and the like; "" for a plain profile
};

inline GoldenName parse_golden_name(const std::filesystem::path& file) {
  auto stem = file.stem().string();
  GoldenName name;
  const size_t first = stem.find('.');
  name.benchmark = stem.substr(0, first);
  if (first == std::string::npos) return name;
  const size_t second = stem.find('.', first + 1);
  name.profile = stem.substr(first + 1, second - first - 1);
  if (second != std::string::npos) name.scorer = stem.substr(second + 1);
  return name;
}

/// The profile of that name.
/// \returns null if the task has none.
inline const tasks::Profile* find_profile(const tasks::Task& task, const std::string& name) {
  for (const auto& profile : task.profiles()) {
    if (profile.name == name) return &profile;
  }
  return nullptr;
}

/// The rows of a golden file; its first line must be a header.
inline std::vector<nlohmann::json> read_golden_rows(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<nlohmann::json> rows;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    auto row = nlohmann::json::parse(line);
    const bool is_header = row.is_object() && row.contains("header");
    if (!row.is_object() || is_header != (number == 1)) {
      model::fail(path.string(), ":", number, ": expected ", number == 1 ? "a header" : "a row");
    }
    if (!is_header) rows.push_back(std::move(row));
  }
  if (rows.empty()) model::fail(path.string(), ": expected at least one row, got none");
  return rows;
}

/// A folder for the files a test writes; removed with the object.
class ScratchFolder {
 public:
  ScratchFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "mono-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) model::fail("cannot make a folder for the test");
    path_ = pattern;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored_at_exit;
    std::filesystem::remove_all(path_, ignored_at_exit);
  }

  /// Writes a file of that content and returns its path.
  std::filesystem::path write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A table of the rows' cells, each field in quotes; the columns are those of the first row.
inline std::string tsv_of(const std::vector<nlohmann::json>& rows) {
  const auto field = [](const nlohmann::json& value) {
    const auto text = value.is_string() ? value.get<std::string>()
                      : value.is_null() ? std::string()
                                        : value.dump();
    std::string quoted = "\"";
    for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
    return quoted + "\"";
  };
  std::string text;
  for (const auto& [name, value] : rows.front().items()) text += field(name) + "\t";
  text.back() = '\n';
  for (const auto& row : rows) {
    for (const auto& [name, value] : rows.front().items()) text += field(row.at(name)) + "\t";
    text.back() = '\n';
  }
  return text;
}

}  // namespace mono::tests
