#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tasks/judge.h"
#include "tasks/task.h"

/// How a language model's reply becomes the grade of an MM-Vet answer. Yu et al. 2023,
/// arXiv:2308.02490.
namespace mono::tasks {

/// What is put to the grader about one response: question, ground truth with blanks around `<AND>`
/// and `<OR>`, prediction.
/// \param prompt  `mmvet-official` or `mmvet-vek`.
JudgeCall mmvet_call(const std::string& sample_id, std::string_view prompt, std::string question,
                     std::string_view answer, std::string prediction);

/// MM-Vet's own grader: the reply up to its first blank, as a number in [0, 1]. Otherwise the
/// question is put again with a sentence behind it, five times at rising temperature; the reply
/// to the fifth is not read, the grade is then 0. Any run without a readable grade leaves the row
/// unparsed.
/// \param num_runs  The grade is the mean of so many runs, which are kept in `run_values`.
/// \returns an unscored verdict where the judge has no reply to a run.
/// Rule: yuweihao/MM-Vet@acde843 mm-vet_evaluator.py, runs.
Score grade_officially(const JudgeCall& call, int num_runs, Judge& judge);

/// Grades stored by MM-Vet's own grader, one a run.
/// \returns nothing if there are fewer than `num_runs` or one of the first is no number.
std::optional<Score> stored_grade(const Row& row, int num_runs);

/// VLMEvalKit's grader: the whole reply as a number in [0, 1], five tries, else 0.
/// A reply `nan` passes upstream's range test and ends its run; here it is a failed try.
/// Rule: open-compass/VLMEvalKit@e8e78f05 (and @be542791) vlmeval/dataset/utils/mmvet.py.
Score grade_as_vlmevalkit(JudgeCall call, Judge& judge);

}  // namespace mono::tasks
