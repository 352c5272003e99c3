#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "model/adapter.h"
#include "tasks/cell.h"
#include "tasks/reader/layouts.h"
#include "tasks/reader/named_file.h"
#include "tasks/reader/samples.h"
#include "tasks/text/list_literal.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr size_t kMaxReferenceLength = 64;  // a shorter `image` cell names another row

std::vector<std::string> texts_in(const std::string& cell) {
  const bool may_be_list = cell.starts_with('[') && cell.ends_with(']');
  if (may_be_list) {
    if (auto elements = parse_list_literal(cell)) return std::move(*elements);
  }
  return {cell};
}

bool is_absent(const TsvField& field) {
  constexpr size_t kLongestMissing = 16;  // the longest missing text in quotes is shorter
  return field.raw.size() <= kLongestMissing && is_missing_text(field.text());
}

/// Where the pictures of a table's rows are: in column `image`, as base64 or as the index of
/// another row, or in the files that column `image_path` names.
class TablePictures {
 public:
  TablePictures(const TsvTable& table, std::string folder)
      : table_(table),
        folder_(std::move(folder)),
        image_column_(table.column("image")),
        path_column_(table.column("image_path")) {
    const int index = table.column("index");
    ForwardReading reading(*table.file);
    for (size_t row = 0; row < table.num_rows(); ++row) {
      reading.passed(field(row, 0).raw);
      row_of_id_.emplace(id_text(field(row, index).text()), row);
    }
  }

  /// \throws model::SetupError if the cell is neither a picture nor names one.
  std::vector<ImageSource> sources(size_t row) const {
    if (is_absent(field(row, image_column_ >= 0 ? image_column_ : path_column_))) return {};
    return image_column_ >= 0 ? sources_in(referenced_row(row)) : files(row);
  }

 private:
  static std::string id_text(const std::string& text) { return parse_int(text).value_or(text); }

  std::string place(size_t row) const {
    return fmt::format("{}:{}", table_.path.string(), table_.lines[row]);
  }

  const TsvField& field(size_t row, int column) const {
    return table_.field(row, static_cast<size_t>(column));
  }

  bool is_reference(size_t row) const {
    const auto& cell = field(row, image_column_);
    const bool may_be_short = cell.raw.size() <= 4 * kMaxReferenceLength;
    return may_be_short && length(cell.text()) <= kMaxReferenceLength;
  }

  size_t referenced_row(size_t row) const {
    if (!is_reference(row)) return row;
    const auto text = field(row, image_column_).text();
    const auto found = row_of_id_.find(id_text(text));
    if (found == row_of_id_.end()) {
      model::fail("column 'image': expected base64 or the index of another row, got '", text, "'");
    }
    if (is_reference(found->second)) {
      model::fail("column 'image': row ", text, " has no picture of its own");
    }
    return found->second;
  }

  std::vector<ImageSource> sources_in(size_t row) const {
    const auto origin = place(row) + ": column 'image'";
    const auto text = field(row, image_column_).text_in_file();
    if (text.data() == nullptr) {
      model::fail("column 'image': expected base64, got a text with quotes in it");
    }
    if (!text.starts_with('[')) return {ImageSource(table_.file, text, origin)};
    const auto elements = parse_list_literal(text);
    if (!elements || elements->empty()) {
      model::fail("column 'image': expected a list of base64 texts, got one that cannot be read");
    }
    std::vector<ImageSource> sources;
    sources.reserve(elements->size());
    for (size_t i = 0; i < elements->size(); ++i) {
      sources.emplace_back(table_.file, text, origin, static_cast<int>(i));
    }
    return sources;
  }

  std::vector<ImageSource> files(size_t row) const {
    const auto beside = table_.path.parent_path();
    std::vector<ImageSource> result;
    for (const auto& name : texts_in(field(row, path_column_).text())) {
      auto path = beside / name;
      for (const auto& candidate : {beside / "images" / folder_ / name, beside / folder_ / name}) {
        if (!is_there(path)) path = candidate;
      }
      result.emplace_back(is_there(path) ? path : beside / name);
    }
    return result;
  }

  const TsvTable& table_;
  std::string folder_;
  int image_column_;
  int path_column_;
  std::unordered_map<std::string, size_t> row_of_id_{};
};

void require_columns(const TsvTable& table, const Layout& layout) {
  const auto require = [&](const char* column) {
    if (table.column(column) >= 0) return;
    model::fail(table.path.string(), ":1: expected a column '", column, "', got none");
  };
  require("index");
  if (layout.needs_question) require("question");
  if (table.column("image") < 0 && table.column("image_path") < 0) {
    model::fail(table.path.string(), ":1: expected a column 'image' or 'image_path', got neither");
  }
}

}  // namespace

SampleSet read_tsv_samples(const std::filesystem::path& path, const Task& task,
                           const Profile& profile) {
  const auto& layout = layout_of(task.name());
  const auto table = read_tsv(path);
  require_columns(table, layout);
  constexpr std::string_view kLeftOut[] = {"image"};
  auto rows = sample_table_of(table, kLeftOut, read_rules(layout, profile));
  const TablePictures pictures(table, task.image_folder(profile));
  std::vector<std::vector<ImageSource>> sources(rows.num_rows());
  ForwardReading reading(*table.file);
  for (size_t row = 0; row < rows.num_rows(); ++row) {
    reading.passed(table.field(row, 0).raw);
    try {
      sources[row] = pictures.sources(row);
    } catch (const model::SetupError& cause) {
      rows.set_fault(row, cause.what());
    }
  }
  const bool are_stored = table.column("image") >= 0;
  return finish_samples(path, std::move(rows), std::move(sources), task, profile, are_stored);
}

}  // namespace mono::tasks
