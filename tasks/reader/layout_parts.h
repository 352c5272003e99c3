#pragma once

#include <vector>

#include "tasks/reader/layouts.h"

/// What the lists of layouts share.
namespace mono::tasks {

inline const ColumnSource kQuestion = {.column = "question",
                                       .fields = {"question", "text", "query"}};
inline const ColumnSource kQuestionId = {.column = "index",
                                         .fields = {"question_id", "questionId", "index", "id"}};
inline const ColumnSource kReferences = {
    .column = "answer", .fields = {"answers", "answer"}, .making = Making::kAnswers};
inline const ColumnSource kAnswer = {.column = "answer", .fields = {"answer"}};

std::vector<Layout> open_layouts();
std::vector<Layout> choice_layouts();
std::vector<Layout> other_layouts();

}  // namespace mono::tasks
