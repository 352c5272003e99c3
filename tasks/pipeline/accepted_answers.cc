#include "tasks/pipeline/accepted_answers.h"

#include <algorithm>

#include "tasks/pipeline/answers.h"
#include "tasks/text/list_literal.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

constexpr std::string_view kKeptBack = "answers kept back";

bool is_list_of_texts(std::string_view literal) {
  const size_t first = literal.find_first_not_of("[ \t\n");
  return literal.starts_with('[') && first != std::string_view::npos &&
         (literal[first] == '\'' || literal[first] == '"');
}

}  // namespace

AcceptedAnswers::AcceptedAnswers(std::span<const Row> rows, std::span<const size_t> positions,
                                 const Profile& profile)
    : rows_(rows),
      positions_(positions),
      rules_(profile.target),
      cells_(cell_column(rows, positions, "answer", profile)) {}

std::span<const std::string> AcceptedAnswers::row(size_t k) {
  const auto& sample = *rows_[positions_[k]].sample;
  if (sample.cell("answer") == nullptr) return sample.targets;
  const auto text = cells_.text(k);
  if (rules_.evaluates_lists || is_list_of_texts(text)) {
    if (auto elements = parse_list_literal(text)) {
      answers_ = std::move(*elements);
      return answers_;
    }
  }
  answers_.assign(1, std::string(text));
  return answers_;
}

bool has_accepted_answers(std::span<const Row> rows) {
  return std::any_of(rows.begin(), rows.end(),
                     [](const Row& row) { return has_answer(*row.sample); });
}

std::vector<std::optional<Score>> kept_back_scores(std::span<const Row> rows) {
  std::vector<std::optional<Score>> scores(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].error.empty()) continue;
    scores[i] = Score{.how = std::string(kKeptBack), .state = ScoreState::kUnscored};
  }
  return scores;
}

std::vector<double> known_values(std::span<const Row> rows, std::string_view task) {
  const auto is_kept_back = [](const Row& row) { return row.score && row.score->how == kKeptBack; };
  if (std::any_of(rows.begin(), rows.end(), is_kept_back)) {
    model::fail(task,
                ": no score: no row has an accepted answer, a test split keeps them back; "
                "`mono-eval submit` writes the file its server scores");
  }
  return counted_values(rows, task);
}

Metric mean_metric(std::span<const Row> rows, const Profile& profile, std::string_view task,
                   std::string_view internvl_name) {
  const auto values = known_values(rows, task);
  Metric metric{.name = "Overall",
                .value = pairwise_mean(values) * 100,
                .standard_error = standard_error_of_mean(values),
                .count = static_cast<int>(values.size())};
  if (profile.message.pipeline == Pipeline::kInternVl) {
    metric.name = internvl_name;
    metric.value = sum_left_to_right(values) / static_cast<double>(values.size());
  } else if (metric.standard_error) {
    metric.standard_error = *metric.standard_error * 100;
  }
  return metric;
}

}  // namespace mono::tasks
