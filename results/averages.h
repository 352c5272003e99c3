#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace mono::results {

/// A row of the Mono-InternVL table that enters one of its averages.
struct AveragedRow {
  std::string_view task{};   // "mme"
  std::string_view title{};  // "MME"
  double divisor = 1;  // from the printed scale to 0-100: MME is out of 2800, OCRBench of 1000
};

/// The nine general benchmarks, in the table's order.
std::span<const AveragedRow> general9();

/// The seven VQA benchmarks, in the table's order.
std::span<const AveragedRow> vqa7();

/// The tasks behind the name of a group, in the table's order: `general9`, `vqa7`, or `mono16`,
/// which is both. \returns nothing for any other name.
std::vector<std::string_view> tasks_of_group(std::string_view name);

/// The names of all groups.
std::span<const std::string_view> group_names();

/// What becomes of an average that lacks rows.
enum class MissingRows {
  kMakeNone,     // there is none: our own numbers
  kAsPublished,  // a single missing row is left out, more make none: how the table's authors did it
};

struct Average {
  double value = 0;  // 0-100
  int num_rows = 0;  // it is over
};

/// The value of a task on the table's scale; nothing where there is none.
using ValueOf = std::function<std::optional<double>(std::string_view task)>;

/// The plain mean of the rows' values, each divided by its divisor; not rounded.
/// Rule: it gives every average printed in OpenGVLab/Mono-InternVL@5b17ab4, README.md.
/// \returns nothing where too many rows are missing; a value that is not finite is missing.
std::optional<Average> average(std::span<const AveragedRow> rows, const ValueOf& value_of,
                               MissingRows missing = MissingRows::kMakeNone);

}  // namespace mono::results
