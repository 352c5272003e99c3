#pragma once

#include <span>
#include <string>
#include <vector>

#include "tasks/profile.h"
#include "tasks/task.h"

/// Whether MME's rows are pairs, as both pipelines take for granted: upstream, each stops where a
/// picture has one question.
namespace mono::tasks {

/// Rows of pictures that have one question, or of tasks with a number of lines that is odd where
/// lines are paired by their place. One that a row of which nothing is left may complete has none.
std::vector<RowFault> rows_without_pair(std::span<const Row> rows, const Profile& profile);

/// Where lines are paired by their place: how many pairs are of two pictures, and the first of
/// them. Nothing where none is.
std::vector<std::string> pairs_of_two_pictures(std::span<const Row> rows, const Profile& profile);

}  // namespace mono::tasks
