// MME's two questions a picture: what happens where a file does not have them.

#include <gtest/gtest.h>

#include "tasks/reader/predictions.h"
#include "tasks/registry.h"
#include "tests/expect_error.h"
#include "tests/judge_cases.h"
#include "tests/temporary_folder.h"

namespace mono::tasks {
namespace {

using tests::expect_parts;
using tests::TemporaryFolder;
using Texts = std::vector<std::string>;

const std::string kNoise = "Loading checkpoint shards: 100%";

std::string line(const std::string& index, const std::string& picture, const std::string& answer,
                 const std::string& prediction) {
  return R"({"index": ")" + index + R"(", "category": "color", "image_path": ")" + picture +
         R"(.jpg", "question": "q)" + index + R"(", "answer": ")" + answer +
         R"(", "prediction": ")" + prediction + "\"}";
}

/// Three pictures, all but the last answered rightly.
Texts pairs() {
  return {line("1", "a", "Yes", "Yes"), line("2", "a", "No", "No"),  line("3", "b", "Yes", "Yes"),
          line("4", "b", "No", "No"),   line("5", "c", "Yes", "No"), line("6", "c", "No", "No")};
}

std::vector<Row> rows_of(const Texts& lines, const std::string& profile_name) {
  const TemporaryFolder folder;
  std::string text;
  for (const auto& one : lines) text += one + "\n";
  const auto& task = task_named("mme");
  const auto& profile = task.profile(profile_name);
  auto rows = read_predictions(folder.write("p.jsonl", text), task, profile).rows;
  score_rows(task, profile, rows);
  return rows;
}

double color_of(const std::vector<Row>& rows, const std::string& profile) {
  const auto& task = task_named("mme");
  return tests::value_of(task.metrics(rows, task.profile(profile)), "color");
}

Texts with(Texts lines, size_t place, const std::string& more) {
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(place), more);
  return lines;
}

Texts without(Texts lines, size_t place) {
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(place));
  return lines;
}

TEST(MmePairsTest, ALineOfNoiseTakesNoPlaceInInternVlsPairs) {
  const double whole = color_of(rows_of(pairs(), "ivl"), "ivl");
  ASSERT_NEAR(whole, 500.0 / 6 + 200.0 / 3, 1e-9);
  for (size_t place = 0; place <= pairs().size(); ++place) {
    SCOPED_TRACE(place);
    const auto rows = rows_of(with(pairs(), place, kNoise), "ivl");
    EXPECT_EQ(tally(rows).failed, 1);
    EXPECT_NEAR(color_of(rows, "ivl"), whole, 1e-9);
  }
}

TEST(MmePairsTest, ATornLineKeepsItsOwn) {
  for (size_t place = 0; place < 4; ++place) {
    SCOPED_TRACE(place);
    auto lines = pairs();
    lines[place] = lines[place].substr(0, 20);
    const auto rows = rows_of(lines, "ivl");
    EXPECT_EQ(tally(rows).failed, 1);
    EXPECT_NEAR(color_of(rows, "ivl"), 400.0 / 5 + 50, 1e-9);
  }
}

TEST(MmePairsTest, AMissingLineFailsItsTaskInInternVl) {
  for (size_t place = 0; place < pairs().size(); ++place) {
    const auto rows = rows_of(without(pairs(), place), "ivl");
    ASSERT_EQ(tally(rows).failed, 5) << place;
    for (const auto& row : rows) expect_parts(row.error, {"p.jsonl:", "two lines", "color", "5"});
  }
}

TEST(MmePairsTest, AMissingRowFailsTheOtherOfItsPictureInVlmEvalKit) {
  for (size_t place = 0; place < pairs().size(); ++place) {
    const auto rows = rows_of(without(pairs(), place), "vek");
    EXPECT_EQ(tally(rows).failed, 1) << place;
    expect_parts(rows[place - place % 2].error, {"p.jsonl:", "two questions", ".jpg"});
  }
}

TEST(MmePairsTest, ATornRowIsTheOtherOfAPicture) {
  for (size_t place = 0; place < pairs().size(); ++place) {
    auto lines = pairs();
    lines[place] = lines[place].substr(0, 20);
    EXPECT_EQ(tally(rows_of(lines, "vek")).failed, 1) << place;
  }
}

Texts warnings_of(const Texts& lines, const std::string& profile) {
  const auto& task = task_named("mme");
  return task.warnings(rows_of(lines, profile), task.profile(profile));
}

TEST(MmePairsTest, PairsOfTwoPicturesAreSaid) {
  EXPECT_TRUE(warnings_of(pairs(), "ivl").empty());
  auto lines = pairs();
  std::swap(lines[1], lines[2]);
  EXPECT_TRUE(warnings_of(lines, "vek").empty());
  const auto warnings = warnings_of(lines, "ivl");
  ASSERT_EQ(warnings.size(), 1U);
  expect_parts(warnings[0], {"2 pairs", "p.jsonl:2", "b.jpg", "a.jpg"});
}

}  // namespace
}  // namespace mono::tasks
