// Predictions of ours in another tool's file, and back: the same scores.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "evaluator/export/export.h"
#include "tasks/reader/predictions.h"
#include "tasks/reader/reader.h"
#include "tasks/registry.h"
#include "tasks/text/list_literal.h"
#include "tests/base64_text.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace mono::evaluator {

using nlohmann::ordered_json;

namespace {

using tests::expect_error;
using tests::expect_parts;
using tests::TemporaryFolder;

/// Responses that a spreadsheet, a table or JSON could change on their way.
const std::vector<std::string> kResponses = {
    "B",    "=1+1",     "none",      "x\ry\n",         "_x000D_",      "http://a.b/c",
    "007",  "mailto:x", "tab\there", "say \"cherry\"", "  cherry  ",   "{=A}",
    "\x01", "NA",       "1.50",      "é 漢",           "<b>&amp;</b>", "[\"x\"]"};

std::string quoted_field(const std::string& text) {
  std::string field = "\"";
  for (const char c : text) field.append(c == '"' ? 2 : 1, c);
  return field + "\"";
}

/// An id of the given one's form, another for each i.
std::string id_like(const std::string& id, size_t i) {
  return id.substr(0, id.rfind('_') + 1) + std::to_string(i + 1);
}

/// The first row of a benchmark in tests/data/readers/cases.json, once for each response; with as
/// many accepted answers as people were asked, where the metric needs them all.
std::string table_text(const ordered_json& row, bool has_ten_answers) {
  std::string text;
  for (const auto& [name, value] : row.items()) text += quoted_field(name) + "\t";
  text.back() = '\n';
  for (size_t i = 0; i < kResponses.size(); ++i) {
    for (const auto& [name, value] : row.items()) {
      auto cell = value.is_string() ? value.get<std::string>() : "";
      if (name == "index") cell = id_like(cell, i);
      if (name == "answer" && has_ten_answers) {
        cell = tasks::list_literal(std::vector<std::string>(10, "cherry"));
      }
      if (name == "image") cell = tests::base64_text(std::string(60, 'p'));
      if (name == "image_path") cell = "OCR/" + std::to_string(i / 2) + ".jpg";
      if (name == "id") cell = "validation_Art_" + std::to_string(i + 1);
      text += quoted_field(cell) + "\t";
    }
    text.back() = '\n';
  }
  return text;
}

struct Case {
  const tasks::Task* task = nullptr;
  ordered_json row{};
};

std::vector<Case> cases() {
  std::ifstream file(std::filesystem::path(MONO_SOURCE_DIR) / "tests/data/readers/cases.json");
  std::vector<Case> cases;
  for (const auto& forms : ordered_json::parse(file)) {
    const auto* const task = tasks::find_task(forms.at("task").get<std::string>());
    const bool is_known = task != nullptr && !forms.contains("name");
    if (is_known) cases.push_back({task, forms.at("tsv").front()});
  }
  return cases;
}

void PrintTo(const Case& test, std::ostream* out) {
  *out << test.task->name();
}

class ConvertTest : public testing::TestWithParam<Case> {
 protected:
  static bool is_vqa() {
    const auto name = GetParam().task->name();
    return name == "textvqa" || name == "vqav2";
  }

  std::vector<std::shared_ptr<const tasks::Sample>> samples(const tasks::Profile& profile) const {
    const auto path = folder_.write("data.tsv", table_text(GetParam().row, is_vqa()));
    return tasks::read_samples(path, *GetParam().task, profile).samples;
  }

  /// Everything a verdict says, rows and numbers.
  std::string verdicts(std::vector<tasks::Row> rows, const tasks::Profile& profile) const {
    const auto& task = *GetParam().task;
    tasks::score_rows(task, profile, rows);
    ordered_json json;
    for (const auto& row : rows) {
      json.push_back({row.sample->id, row.error.empty(),
                      row.score ? ordered_json{row.score->value, row.score->answer, row.score->how,
                                               static_cast<int>(row.score->state)}
                                : ordered_json()});
    }
    if (tasks::count_scored(rows) > 0) {
      for (const auto& metric : task.metrics(rows, profile)) {
        json.push_back({metric.name, metric.split, metric.count,
                        std::isnan(metric.value) ? ordered_json() : ordered_json(metric.value)});
      }
    }
    return json.dump(1, ' ', false, ordered_json::error_handler_t::replace);
  }

  TemporaryFolder folder_;
};

TEST_P(ConvertTest, ComesBackWithTheSameScores) {
  const auto& task = *GetParam().task;
  for (const auto& profile : task.profiles()) {
    if (profile.is_scorer) continue;
    const auto data = samples(profile);
    ASSERT_EQ(data.size(), kResponses.size());
    std::vector<tasks::Row> rows;
    rows.reserve(data.size());
    for (size_t i = 0; i < data.size(); ++i) {
      rows.push_back({.sample = data[i], .response = kResponses[i], .error = data[i]->fault});
    }
    const auto expected = verdicts(rows, profile);
    for (const auto& format : export_formats()) {
      const bool is_sheet = format == "vlmevalkit-xlsx";
      if (is_sheet && profile.message.pipeline == tasks::Pipeline::kInternVl) continue;
      const auto path = folder_.path() / ("p." + format);
      try {
        write_predictions(format, path, rows, task, profile);
      } catch (const model::UsageError& error) {
        EXPECT_EQ(format, "internvl-json") << error.what();
        continue;
      }
      auto set = tasks::read_predictions(path, task, profile, data);
      const auto scoring = tasks::scoring_profile(profile, set);
      EXPECT_EQ(verdicts(std::move(set.rows), scoring), expected)
          << format << " as " << set.format << ", profile " << profile.name;
      std::filesystem::remove_all(path);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, ConvertTest, testing::ValuesIn(cases()));

TEST(ExportTest, KeepsAnAcceptedAnswerThatPandasTakesForMissing) {
  const TemporaryFolder folder;
  const auto& task = tasks::task_named("gqa");
  const auto& profile = task.profile("vek");
  const auto data =
      folder.write("d.tsv", "index\tquestion\timage_path\tanswer\n1\tq\tp\tNA\n2\tq\tp\tx\n");
  std::vector<tasks::Row> rows;
  for (const auto& sample : tasks::read_samples(data, task, profile).samples) {
    rows.push_back({.sample = sample, .response = "nan"});
  }
  for (const auto* const format : {"vlmevalkit-tsv", "vlmevalkit-xlsx", "lm-eval"}) {
    const auto path = folder.path() / format;
    write_predictions(format, path, rows, task, profile);
    auto set = tasks::read_predictions(path, task, profile);
    tasks::score_rows(task, tasks::scoring_profile(profile, set), set.rows);
    ASSERT_EQ(set.rows.at(0).error, "") << format;
    EXPECT_EQ(set.rows[0].score->value, 1) << format << ": VLMEvalKit compares with `nan`";
  }
}

TEST(ExportTest, AnAnswerThatIsNoOptionIsOneNowhere) {
  const TemporaryFolder folder;
  const auto& task = tasks::task_named("scienceqa");
  const auto& profile = task.profile("vek");
  std::vector<tasks::Row> rows;
  const auto data = folder.write("d.tsv",
                                 "index\tquestion\timage_path\tA\tB\tanswer\n"
                                 "1\tq\tp\tx\ty\tB\n2\tq\tp\tx\ty\tE\n3\tq\tp\tx\ty\tNone\n");
  for (const auto& sample : tasks::read_samples(data, task, profile).samples) {
    rows.push_back({.sample = sample, .response = "B"});
  }
  for (const auto* const format : {"vlmevalkit-tsv", "vlmevalkit-xlsx", "lm-eval"}) {
    const auto path = folder.path() / format;
    write_predictions(format, path, rows, task, profile);
    const auto set = tasks::read_predictions(path, task, profile);
    EXPECT_EQ(set.rows.at(0).error, "") << format;
    expect_parts(set.rows.at(1).error, {format, "the letter of an option, A B, got 'E'"});
    expect_parts(set.rows.at(2).error, {format, "the letter of an option, A B, got '"});
  }
}

TEST(ExportTest, LeavesFailedRowsOutOrRefuses) {
  const TemporaryFolder folder;
  const auto& task = tasks::task_named("textvqa");
  const auto& profile = task.profile("vek");
  const auto sample = [](const char* id) {
    return std::make_shared<const tasks::Sample>(tasks::Sample{.id = id});
  };
  const std::vector<tasks::Row> rows = {{.sample = sample("1"), .response = "x"},
                                        {.sample = sample("2"), .error = "no picture"}};
  EXPECT_EQ(write_predictions("vlmevalkit-tsv", folder.path() / "p.tsv", rows, task, profile), 1U);
  const auto set = tasks::read_predictions(folder.path() / "p.tsv", task, profile);
  ASSERT_EQ(set.rows.size(), 1U);
  EXPECT_EQ(set.rows[0].response, "x");
  expect_error([&] { write_predictions("lmms-eval", folder.path() / "p", rows, task, profile); },
               {"by their order", "'2'", "no picture"});
}

}  // namespace
}  // namespace mono::evaluator
