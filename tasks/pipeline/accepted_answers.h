#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/pipeline/columns.h"

/// Short-answer benchmarks: what counts as right, and what there is to say where nobody knows.
namespace mono::tasks {

/// The accepted answers of a set's rows as a profile's scorer sees them: those in the answer cell
/// (after the result sheet, where there is one), or the sample's own where it has no such cell.
class AcceptedAnswers {
 public:
  /// \param positions  Rows to look at; `row` counts in them.
  AcceptedAnswers(std::span<const Row> rows, std::span<const size_t> positions,
                  const Profile& profile);

  /// Valid until the next call.
  std::span<const std::string> row(size_t k);

 private:
  std::span<const Row> rows_;
  std::span<const size_t> positions_;
  const TargetRules& rules_;
  SheetColumn cells_;
  std::vector<std::string> answers_{};
};

/// Whether at least one row comes with an accepted answer. Test splits keep theirs back.
bool has_accepted_answers(std::span<const Row> rows);

/// The verdict on each answered row of a split whose accepted answers are kept back: none is known.
std::vector<std::optional<Score>> kept_back_scores(std::span<const Row> rows);

/// The one metric of a benchmark whose rows count alike: InternVL's scripts give a fraction, added
/// up left to right, under the name `internvl_name`; VLMEvalKit gives `Overall`, a percentage.
/// \throws model::SetupError if no row has a counted score; where the answers are kept back it says
///         how they can be scored.
Metric mean_metric(std::span<const Row> rows, const Profile& profile, std::string_view task,
                   std::string_view internvl_name);

/// \throws model::SetupError as `mean_metric` does.
std::vector<double> known_values(std::span<const Row> rows, std::string_view task);

}  // namespace mono::tasks
