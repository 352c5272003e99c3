// A table of predictions alone, under the profiles of InternVL's scripts: cells are the texts they
// are, as in the dataset itself, and not what pandas makes of them.

#include <gtest/gtest.h>

#include "tasks/reader/predictions.h"
#include "tests/property_rows.h"

namespace mono::tests {
namespace {

using tasks::Profile;
using tasks::Row;
using tasks::Task;

const std::vector<std::string> kTextsForPandas = {"1.0",  "007", "nan",  "True",
                                                  "None", "1e3", "2.50", "+5"};

/// The rows with such texts as options, or as accepted answer where there are none and one is asked
/// for.
ordered_json rows_with_texts(const Task& task, size_t shift) {
  auto rows = copied_rows(task, static_cast<int>(kTextsForPandas.size()));
  size_t next = shift;
  const auto take = [&] { return kTextsForPandas[next++ % kTextsForPandas.size()]; };
  for (auto& row : rows) {
    if (row.contains("A")) {
      for (const char* const option : {"A", "B"}) row[option] = take();
    } else if (row.contains("answer") && !row["answer"].get<std::string>().starts_with('[')) {
      row["answer"] = take();
    }
  }
  return rows;
}

ordered_json with_predictions(ordered_json rows, size_t shift) {
  size_t next = shift;
  for (auto& row : rows) {
    row.erase("image");
    row["prediction"] = kTextsForPandas[next++ % kTextsForPandas.size()];
  }
  return rows;
}

std::string verdict(const Row& row) {
  if (!row.score) return row.error.substr(row.error.rfind(": ") + 2);
  return std::to_string(row.score->value) + " '" + row.score->answer + "' " + row.score->how;
}

std::vector<std::string> verdicts(const Task& task, const Profile& profile, std::vector<Row> rows) {
  tasks::score_rows(task, profile, rows);
  std::vector<std::string> result;
  result.reserve(rows.size());
  for (const auto& row : rows) result.push_back(row.sample->id + ": " + verdict(row));
  return result;
}

TEST(LoneTablesTest, ScoreAsTheyDoBesideTheirData) {
  const TemporaryFolder folder;
  for (const auto* const task : tasks::all_tasks()) {
    for (const auto& profile : task->profiles()) {
      if (!is_internvl(profile)) continue;
      for (const size_t shift : {0, 1}) {
        SCOPED_TRACE(std::string(task->name()) + "." + profile.name);
        const auto rows = rows_with_texts(*task, 3 * shift);
        const auto data = folder.write("d.tsv", tsv_text(rows));
        const auto path = folder.write("p.tsv", tsv_text(with_predictions(rows, 5 * shift)));
        const auto samples = tasks::read_samples(data, *task, profile).samples;
        EXPECT_EQ(
            verdicts(*task, profile, tasks::read_predictions(path, *task, profile).rows),
            verdicts(*task, profile, tasks::read_predictions(path, *task, profile, samples).rows));
      }
    }
  }
}

TEST(LoneTablesTest, AnAnswerIsTheTextInTheFile) {
  const auto& task = tasks::task_named("gqa");
  const TemporaryFolder folder;
  for (const auto& text : kTextsForPandas) {
    for (const auto* const name : {"ivl", "vek"}) {
      const auto& profile = task.profile(name);
      const auto path = folder.write(
          "p.tsv",
          tsv_text({{{"index", "1"}, {"question", "q"}, {"answer", text}, {"prediction", text}}}));
      const auto rows = tasks::read_predictions(path, task, profile).rows;
      const auto cell = tasks::cell_text(*rows.at(0).sample->cell("answer"));
      const bool is_changed_by_pandas = text != "1.0" && text != "nan" && text != "True";
      EXPECT_EQ(cell == text, name == std::string("ivl") || !is_changed_by_pandas) << text;
    }
  }
}

}  // namespace
}  // namespace mono::tests
