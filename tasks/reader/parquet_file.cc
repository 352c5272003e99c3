#include "tasks/reader/parquet_file.h"

#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <parquet/exception.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include <nlohmann/json.hpp>

namespace mono::tasks {
namespace {

using nlohmann::json;

constexpr int64_t kBatchRows = 16;
constexpr int64_t kBufferBytes = 1 << 20;

template <typename ArrayType>
json number(const arrow::Array& array, int64_t row) {
  return static_cast<const ArrayType&>(array).Value(row);
}

json list_json(const arrow::Array& values, int64_t first, int64_t length) {
  auto list = json::array();
  for (int64_t i = first; i < first + length; ++i) list.push_back(json_of(values, i));
  return list;
}

template <typename ListType>
json list_of(const arrow::Array& array, int64_t row) {
  const auto& list = static_cast<const ListType&>(array);
  return list_json(*list.values(), list.value_offset(row), list.value_length(row));
}

json struct_of(const arrow::Array& array, int64_t row) {
  const auto& values = static_cast<const arrow::StructArray&>(array);
  auto object = json::object();
  for (int i = 0; i < values.num_fields(); ++i) {
    object[values.type()->field(i)->name()] = json_of(*values.field(i), row);
  }
  return object;
}

}  // namespace

ParquetFile::ParquetFile(const std::filesystem::path& path) : path_(path) {
  try {
    open();
  } catch (const parquet::ParquetException& error) {
    model::fail(path_.string(), ": Parquet: ", error.what());
  }
}

void ParquetFile::open() {
  // Arrow's own pools keep what is freed, more or less of it from run to run.
  auto* const memory = arrow::system_memory_pool();
  parquet::ReaderProperties file_properties(memory);
  file_properties.enable_buffered_stream();
  file_properties.set_buffer_size(kBufferBytes);
  parquet::ArrowReaderProperties properties(/*use_threads=*/false);
  properties.set_pre_buffer(false);  // else a whole row group of pictures would be in memory
  properties.set_batch_size(kBatchRows);
  parquet::arrow::FileReaderBuilder builder;
  builder.memory_pool(memory);
  check(builder.Open(checked(arrow::io::ReadableFile::Open(path_.string())), file_properties));
  builder.properties(properties);
  reader_ = checked(builder.Build());
  const auto& schema = *reader_->parquet_reader()->metadata()->schema();
  for (int i = 0; i < schema.num_columns(); ++i) {
    const auto path_names = schema.Column(i)->path()->ToDotVector();
    leaves_.push_back({i, schema.Column(i)->path()->ToDotString(), path_names.front()});
  }
}

int64_t ParquetFile::num_rows(int row_group) const {
  return reader_->parquet_reader()->metadata()->RowGroup(row_group)->num_rows();
}

std::shared_ptr<arrow::RecordBatchReader> ParquetFile::batches(
    int row_group, const std::vector<int>& leaves) const {
  return checked(reader_->GetRecordBatchReader({row_group}, leaves));
}

std::shared_ptr<arrow::RecordBatch> ParquetFile::next(arrow::RecordBatchReader& reader) const {
  return checked(reader.Next());
}

json json_of(const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) return nullptr;
  switch (array.type_id()) {
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
      return std::string(bytes_of(array, row));
    case arrow::Type::BOOL:
      return number<arrow::BooleanArray>(array, row);
    case arrow::Type::INT8:
      return number<arrow::Int8Array>(array, row);
    case arrow::Type::INT16:
      return number<arrow::Int16Array>(array, row);
    case arrow::Type::INT32:
      return number<arrow::Int32Array>(array, row);
    case arrow::Type::INT64:
      return number<arrow::Int64Array>(array, row);
    case arrow::Type::UINT8:
      return number<arrow::UInt8Array>(array, row);
    case arrow::Type::UINT16:
      return number<arrow::UInt16Array>(array, row);
    case arrow::Type::UINT32:
      return number<arrow::UInt32Array>(array, row);
    case arrow::Type::UINT64:
      return number<arrow::UInt64Array>(array, row);
    case arrow::Type::FLOAT:
      return number<arrow::FloatArray>(array, row);
    case arrow::Type::DOUBLE:
      return number<arrow::DoubleArray>(array, row);
    case arrow::Type::LIST:
      return list_of<arrow::ListArray>(array, row);
    case arrow::Type::LARGE_LIST:
      return list_of<arrow::LargeListArray>(array, row);
    case arrow::Type::STRUCT:
      return struct_of(array, row);
    default:
      model::fail("expected texts, numbers, lists or structs, got type ", array.type()->ToString());
  }
}

std::string_view bytes_of(const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) return {};
  switch (array.type_id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return static_cast<const arrow::BinaryArray&>(array).GetView(row);
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return static_cast<const arrow::LargeBinaryArray&>(array).GetView(row);
    default:
      model::fail("expected bytes, got type ", array.type()->ToString());
  }
}

}  // namespace mono::tasks
