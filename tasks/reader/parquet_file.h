#pragma once

#include <arrow/api.h>
#include <parquet/arrow/reader.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "model/adapter.h"

/// A Parquet file through Arrow; included by parquet*.cc alone.
namespace mono::tasks {

/// A column's leaf in the file: `image.bytes`, `answers.list.element`.
struct ParquetLeaf {
  int index = 0;
  std::string path{};
  std::string column{};  // the top-level column it belongs to
};

class ParquetFile {
 public:
  /// \throws model::SetupError if the file is absent or no Parquet file.
  explicit ParquetFile(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const std::vector<ParquetLeaf>& leaves() const { return leaves_; }
  int num_row_groups() const { return reader_->num_row_groups(); }
  int64_t num_rows(int row_group) const;

  /// Batches of few rows of a row group, those leaves only; read as they are asked for.
  std::shared_ptr<arrow::RecordBatchReader> batches(int row_group,
                                                    const std::vector<int>& leaves) const;

  /// The next batch of a reader; null at its end.
  std::shared_ptr<arrow::RecordBatch> next(arrow::RecordBatchReader& reader) const;

  /// Ends in model::SetupError with the file's name where Arrow says that something failed.
  template <typename T>
  T checked(arrow::Result<T> result) const {
    if (!result.ok()) fail_with(result.status());
    return std::move(result).ValueUnsafe();
  }
  void check(const arrow::Status& status) const {
    if (!status.ok()) fail_with(status);
  }

 private:
  [[noreturn]] void fail_with(const arrow::Status& status) const {
    model::fail(path_.string(), ": Parquet: ", status.message());
  }
  void open();

  std::filesystem::path path_;
  std::unique_ptr<parquet::arrow::FileReader> reader_{};
  std::vector<ParquetLeaf> leaves_{};
};

/// A value of a column as JSON: texts, numbers, booleans, lists, structs, null.
/// \throws model::SetupError for a type that no dataset of the benchmarks has.
nlohmann::json json_of(const arrow::Array& array, int64_t row);

/// The bytes in a binary or text column.
/// \returns nothing (null data) where the value is null.
std::string_view bytes_of(const arrow::Array& array, int64_t row);

}  // namespace mono::tasks
