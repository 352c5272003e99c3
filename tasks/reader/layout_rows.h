#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tasks/reader/image_source.h"
#include "tasks/reader/layouts.h"
#include "tasks/reader/sample_table.h"

namespace mono::tasks {

/// A picture of a row, and the name the file gives it.
struct NamedPicture {
  std::string name{};
  ImageSource source{};
};

/// One row as its file has it.
struct FieldRow {
  Place place{};
  std::string fault{};  // why it cannot be used; "" where it can
  std::vector<NamedPicture> pictures{};
};

/// Rows of fields on their way to the columns of a layout. A row whose fields are not what the
/// layout expects becomes a row with a fault.
class LayoutRows {
 public:
  /// \param keeps_rest  Fields the layout does not name become columns of their own.
  LayoutRows(const Layout& layout, bool keeps_rest) : layout_(layout), keeps_rest_(keeps_rest) {}

  /// Adds a row; one that is not of this benchmark (`Layout::skipped_unless`) is passed over.
  void add(const nlohmann::json& fields, FieldRow row);

  size_t size() const { return rows_.size(); }

  /// Rows ordered and numbered as the layout says, ready to become samples.
  /// \param pictures  Gets the sources of each row's pictures, in the table's order.
  SampleTable table(const ReadRules& rules, std::vector<std::vector<ImageSource>>& pictures) &&;

 private:
  struct Row {
    FieldRow info{};
    std::vector<std::string> targets{};
  };

  void set(std::string_view column, std::optional<std::string> text);
  const std::string* find(std::string_view column) const;
  void set_column(const nlohmann::json& fields, const ColumnSource& source, Row& row);
  void set_options(const std::vector<std::string>& options);
  void split_question(const nlohmann::json& fields);
  std::vector<size_t> order() const;
  std::vector<size_t> column_order() const;

  const Layout& layout_;
  bool keeps_rest_;
  std::vector<Row> rows_;
  std::vector<std::string> names_;                              // in the order they were first met
  std::map<std::string, size_t, std::less<>> column_;           // by name
  std::vector<std::vector<std::optional<std::string>>> texts_;  // [column][row]; may end early
};

}  // namespace mono::tasks
