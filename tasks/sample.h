#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tasks/cell.h"
#include "tasks/reader/image_source.h"

namespace mono::tasks {

/// An option of a multiple-choice question.
struct Choice {
  char letter = 'A';
  std::string text{};
};

/// A picture of a question: the name the pipeline stores it under, and where its bytes are.
struct SampleImage {
  std::string name{};
  ImageSource source{};
  bool is_stored = true;  // VLMEvalKit writes the picture to a file of that name before it asks
};

/// One row of a dataset.
struct Sample {
  std::string id{};  // unique in a dataset
  /// Why this row of the file cannot be asked or scored, with its place; "" where it can.
  std::string fault{};
  std::string question{};
  std::optional<std::string> hint{};
  std::vector<Choice> choices{};       // present options only, in the order of their letters
  std::vector<std::string> targets{};  // accepted answers; empty where the set keeps them back
  /// The accepted answer is a text that pandas takes for missing, `None` for one: scorers see
  /// `nan`.
  bool has_swallowed_answer = false;
  bool is_repeated = false;  // an earlier row of its file has its id, and counts in its place
  std::vector<SampleImage> images{};
  std::string category{};
  std::string l2_category{};
  std::string split{};
  /// Every cell but the pictures, typed over its whole column: what a result sheet is made of.
  std::vector<std::pair<std::string, Cell>> cells{};

  /// \returns the cell of that column, null if the row's table has no such column.
  const Cell* cell(std::string_view column) const;
};

}  // namespace mono::tasks
