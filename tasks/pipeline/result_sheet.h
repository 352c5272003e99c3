#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tasks/cell.h"
#include "tasks/profile.h"

namespace mono::tasks {

/// A cell whose text lies elsewhere.
using CellView = std::variant<std::monostate, int64_t, uint64_t, double, bool, std::string_view>;

/// A view of a cell that outlives it.
CellView view_of(const Cell& cell);

/// What Python's str() makes of the cell.
std::string cell_text(const CellView& cell);

/// One column of VLMEvalKit's result sheet after it was written as .xlsx and read again: formulas,
/// link prefixes, control characters and missing texts changed, types decided over the column.
/// Where the rules say that no sheet is used, the cells as they were.
/// Source: open-compass/VLMEvalKit@e8e78f05 vlmeval/smp/file.py (dump, load), through xlsxwriter
/// 3.3.1, openpyxl 3.1.5 and pandas 2.2.3.
class SheetColumn {
 public:
  /// Which part of the way a column goes.
  enum class Way {
    kThereAndBack,  // written and read again
    kThere,         // as it stands in the file
    kBack,          // read from a file that was written elsewhere
  };

  /// \param written  Views into texts that outlive the column.
  SheetColumn(std::vector<CellView> written, const SheetRules& rules, Way way = Way::kThereAndBack);

  SheetColumn(const SheetColumn&) = delete;
  SheetColumn& operator=(const SheetColumn&) = delete;
  SheetColumn(SheetColumn&&) noexcept = default;
  SheetColumn& operator=(SheetColumn&&) noexcept = default;

  size_t size() const { return cells_.size(); }
  bool is_missing(size_t row) const { return std::holds_alternative<std::monostate>(cells_[row]); }
  const CellView& operator[](size_t row) const { return cells_[row]; }

  /// What a scorer sees: str() of the cell, `nan` where it is missing. Valid as long as the column.
  std::string_view text(size_t row);

 private:
  CellView write(const CellView& cell, const SheetRules& rules);
  CellView write_text(std::string_view text, const SheetRules& rules);
  CellView keep(std::string text);
  void read();
  bool read_numbers();

  std::vector<CellView> cells_;
  std::deque<std::string> texts_;
};

}  // namespace mono::tasks
