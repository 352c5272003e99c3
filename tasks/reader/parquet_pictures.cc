#include "tasks/reader/parquet_pictures.h"

#include <map>
#include <mutex>

#include "tasks/reader/parquet_file.h"

namespace mono::tasks {
namespace {

/// Where a column's pictures are being read: one batch of one row group.
struct Cursor {
  int row_group = -1;
  std::shared_ptr<arrow::RecordBatchReader> reader{};
  std::shared_ptr<arrow::RecordBatch> batch{};
  int64_t first_row = 0;  // of the batch, in its row group
};

/// The array that holds the bytes, below structs and lists; `row` becomes the place in it.
const arrow::Array& bytes_array(const arrow::Array& array, int element, int64_t& row) {
  switch (array.type_id()) {
    case arrow::Type::STRUCT: {
      const auto& fields = static_cast<const arrow::StructArray&>(array);
      return bytes_array(*fields.field(0), element, row);
    }
    case arrow::Type::LIST: {
      const auto& list = static_cast<const arrow::ListArray&>(array);
      if (element >= list.value_length(row)) model::fail("no picture ", element + 1);
      row = list.value_offset(row) + element;
      return bytes_array(*list.values(), 0, row);
    }
    default:
      return array;
  }
}
const arrow::Array& bytes_array(arrow::Array&&, int, int64_t&) = delete;

class ParquetPictures final : public PictureStore {
 public:
  explicit ParquetPictures(const std::filesystem::path& path) : file_(path) {}

  std::string bytes(int64_t row, const std::string& column, int element) const override {
    const std::lock_guard lock(mutex_);
    int row_group = 0;
    while (row_group < file_.num_row_groups() && row >= file_.num_rows(row_group)) {
      row -= file_.num_rows(row_group++);
    }
    if (row_group == file_.num_row_groups()) model::fail("no such row");
    auto& cursor = cursors_[column];
    move_to(cursor, column, row_group, row);
    int64_t place = row - cursor.first_row;
    const auto& array = bytes_array(*cursor.batch->column(0), element, place);
    const auto bytes = bytes_of(array, place);
    if (bytes.empty()) model::fail("column '", column, "' holds no picture");
    return std::string(bytes);
  }

 private:
  void move_to(Cursor& cursor, const std::string& column, int row_group, int64_t row) const {
    const bool starts = cursor.row_group != row_group || row < cursor.first_row;
    if (starts) {
      cursor = {.row_group = row_group, .reader = file_.batches(row_group, {leaf_of(column)})};
    }
    while (cursor.batch == nullptr || row >= cursor.first_row + cursor.batch->num_rows()) {
      if (cursor.batch != nullptr) cursor.first_row += cursor.batch->num_rows();
      cursor.batch = file_.next(*cursor.reader);
      if (cursor.batch == nullptr) {
        cursor.row_group = -1;
        model::fail(file_.path().string(), ": row group ", row_group, " ends before row ", row);
      }
    }
  }

  int leaf_of(const std::string& column) const {
    int found = -1;
    for (const auto& leaf : file_.leaves()) {
      if (leaf.column != column) continue;
      if (leaf.path == column || leaf.path.ends_with(".bytes")) found = leaf.index;
    }
    if (found < 0) model::fail(file_.path().string(), ": column '", column, "' holds no pictures");
    return found;
  }

  ParquetFile file_;
  mutable std::mutex mutex_{};
  mutable std::map<std::string, Cursor> cursors_{};
};

}  // namespace

std::shared_ptr<const PictureStore> open_parquet_pictures(const std::filesystem::path& path) {
  return std::make_shared<ParquetPictures>(path);
}

}  // namespace mono::tasks
