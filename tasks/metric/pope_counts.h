#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "tasks/bounds.h"
#include "tasks/task.h"

/// What POPE's numbers are made of: how answers and labels meet.
namespace mono::tasks {

/// The accepted answer as the data has it; "" where it has none.
std::string pope_label(const Sample& sample);

/// How answers and labels meet.
struct PopeCounts {
  double yes_right = 0;
  double yes_wrong = 0;
  double no_missed = 0;  // labels `yes` that were not answered so
  double right = 0;
  double all = 0;

  void add(bool says_yes, bool is_yes, bool is_right);

  double precision() const { return yes_right / (yes_right + yes_wrong); }
  double recall() const { return yes_right / (yes_right + no_missed); }
  double f1() const { return 2 * precision() * recall() / (precision() + recall()); }
};

struct PopeTable {
  std::map<std::string, PopeCounts> by_category{};
  PopeCounts all{};  // a question of several categories once for each
};

/// The rows that enter the metrics.
PopeTable pope_table(std::span<const Row> rows);

/// An end of the bounds of F1, [0, 1], where the rows not read are answered all rightly or all
/// wrongly: over all questions, or the mean over categories. Of a row whose category is lost, any
/// may be its; of one whose label is, either.
double extreme_f1(std::span<const Row> rows, bool is_pooled, End end);

}  // namespace mono::tasks
