#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/sample.h"

namespace mono::tasks {

/// A question whose text ends in its options and the instruction to name a letter, taken apart.
struct SplitQuestion {
  std::string question{};
  std::vector<std::string> options{};
};

/// InternVL's files for AI2D and SEED-Bench hold the whole prompt: question, lines `A. text`, and
/// the instruction, which `with_options` puts together again to the same bytes.
/// \returns nothing where the text is not of that form.
std::optional<SplitQuestion> split_options(std::string_view text);

/// The question, a line for each option, the instruction; the question alone where there are no
/// options. A sample whose file held another text (cell `text`) gives that one.
std::string with_options(const Sample& sample);

}  // namespace mono::tasks
