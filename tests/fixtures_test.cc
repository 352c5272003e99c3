#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "tasks/reader/predictions.h"
#include "tasks/registry.h"
#include "tests/golden_files.h"
#include "tests/task_cases.h"

namespace mono::tests {
namespace {

using nlohmann::json;

std::filesystem::path fixtures_root() {
  const char* const root = std::getenv("MONO_FIXTURES");
  return root != nullptr ? root : MONO_DEFAULT_FIXTURES;
}

double rounded(double value, int decimals) {
  return std::strtod(fmt::format("{:.{}f}", value, decimals).c_str(), nullptr);
}

int decimals_of(double value) {
  const auto text = fmt::format("{}", value);
  const size_t point = text.find('.');
  return point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

/// A number of a table: `Overall`, or `split/Overall` where there are several splits. A name that
/// ends in `_percent_2_decimals` is the number before it as a percentage, rounded as Python does.
double value_of(const std::vector<tasks::Metric>& metrics, std::string name) {
  constexpr std::string_view kRounded = "_percent_2_decimals";
  const bool is_rounded = name.ends_with(kRounded);
  if (is_rounded) name.resize(name.size() - kRounded.size());
  for (const auto& metric : metrics) {
    if (metric.name != name && metric.split + "/" + metric.name != name) continue;
    return is_rounded ? rounded(metric.value * 100, 2) : metric.value;
  }
  model::fail("no metric '", name, "'");
}

/// Equal to the last digit the file gives: some published figures were printed with fewer digits
/// than the sum behind them has.
void expect_published(double actual, double expected, const std::string& name) {
  constexpr double kTolerance = 1e-9;
  EXPECT_EQ(rounded(actual, decimals_of(expected)), expected) << name << ": got " << actual;
  EXPECT_LE(std::abs(actual - expected), kTolerance) << name;
}

void check_table(const std::filesystem::path& file, const std::string& task_name,
                 const std::string& profile_name, const std::vector<json>& expected) {
  const auto* const task = tasks::find_task(task_name);
  if (task == nullptr) GTEST_FAIL() << "unknown task " << task_name;
  const auto* const profile = find_profile(*task, profile_name);
  if (profile == nullptr) {
    GTEST_FAIL() << "unknown profile " << task_name << "/" << profile_name;
  }
  auto predictions = tasks::read_predictions(file, *task, *profile);
  tasks::score_rows(*task, *profile, predictions.rows);
  EXPECT_EQ(tasks::count_scored(predictions.rows), predictions.rows.size());
  const auto metrics = task->metrics(predictions.rows, *profile);
  for (const auto& row : expected) {
    const auto name = row.at("metric").get<std::string>();
    expect_published(value_of(metrics, name), row.at("value").get<double>(), name);
  }
}

int add_cases(const std::filesystem::path& root) {
  std::ifstream file(root / "expected.json");
  if (!file) model::fail((root / "expected.json").string(), ": cannot open");
  std::map<std::vector<std::string>, std::vector<json>> tables;
  const auto list = json::parse(file);
  for (const auto& row : list.at("rows")) {
    tables[{row.at("file"), row.at("task"), row.at("profile")}].push_back(row);
  }
  for (const auto& [key, rows] : tables) {
    const auto name = key[0] + " " + key[1] + " " + key[2];
    register_golden_case("fixtures", name, [path = root / key[0], key = key, rows = rows] {
      check_table(path, key[1], key[2], rows);
    });
  }
  return static_cast<int>(tables.size());
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) try {
  testing::InitGoogleTest(&argc, argv);
  const auto root = mono::tests::fixtures_root();
  if (!std::filesystem::is_directory(root)) {
    std::printf("skipped: %s is absent; set MONO_FIXTURES\n", root.c_str());
    return 77;
  }
  if (mono::tests::add_cases(root) == 0) {
    std::printf("failed: %s/expected.json holds no row\n", root.c_str());
    return 1;
  }
  return RUN_ALL_TESTS();
} catch (const std::exception& error) {
  std::printf("failed: %s\n", error.what());
  return 1;
}
