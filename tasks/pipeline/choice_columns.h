#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tasks/pipeline/columns.h"

namespace mono::tasks {

/// The option columns A to Z of a set's rows as a profile's scorer sees them, a row at a time.
class ChoiceColumns {
 public:
  /// \param positions  Rows to look at; `row` counts in them.
  ChoiceColumns(std::span<const Row> rows, std::span<const size_t> positions,
                const Profile& profile);

  /// Whether a row has that option.
  bool has(char letter, size_t k) const;

  /// The present options of a row, in the order of their letters. Valid until the next call.
  std::span<const Choice> row(size_t k);

 private:
  std::array<std::optional<SheetColumn>, 26> columns_{};  // absent where no row has that option
  std::vector<Choice> choices_{};
};

/// Why a row cannot be scored by its options, without its place: it has none, and its table has no
/// column for them that would say so. "" where it can.
std::string options_fault(const Sample& sample);

}  // namespace mono::tasks
