#include "tests/parquet_maker.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/json/from_string.h>
#include <parquet/arrow/writer.h>

#include <nlohmann/json.hpp>

#include "model/adapter.h"

namespace mono::tests {
namespace {

using nlohmann::json;

template <typename T>
T checked(arrow::Result<T> result) {
  if (!result.ok()) model::fail("Parquet: ", result.status().ToString());
  return std::move(result).ValueUnsafe();
}

std::shared_ptr<arrow::DataType> type_of(const std::string& name, const std::vector<json>& values);

std::shared_ptr<arrow::DataType> struct_of(const std::vector<json>& values) {
  std::map<std::string, std::vector<json>> fields;
  for (const auto& value : values) {
    for (const auto& [field, inner] : value.items()) fields[field].push_back(inner);
  }
  arrow::FieldVector types;
  for (const auto& [field, inner] : fields)
    types.push_back(arrow::field(field, type_of(field, inner)));
  return arrow::struct_(types);
}

std::shared_ptr<arrow::DataType> type_of(const std::string& name, const std::vector<json>& values) {
  std::vector<json> present;
  for (const auto& value : values) {
    if (!value.is_null()) present.push_back(value);
  }
  if (name == "bytes") return arrow::binary();
  if (present.empty() || present.front().is_string()) return arrow::utf8();
  if (present.front().is_boolean()) return arrow::boolean();
  if (present.front().is_number_float()) return arrow::float64();
  if (present.front().is_number()) return arrow::int64();
  if (present.front().is_object()) return struct_of(present);
  std::vector<json> elements;
  for (const auto& list : present) elements.insert(elements.end(), list.begin(), list.end());
  return arrow::list(type_of(name, elements));
}

}  // namespace

void write_parquet(const std::filesystem::path& path, const json& rows, int64_t rows_per_group) {
  std::filesystem::create_directories(path.parent_path());
  std::map<std::string, json> columns;
  for (const auto& row : rows) {
    for (const auto& [name, value] : row.items()) columns[name] = json::array();
  }
  for (const auto& row : rows) {
    for (auto& [name, values] : columns) values.push_back(row.value(name, json()));
  }
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, values] : columns) {
    const auto type = type_of(name, values.get<std::vector<json>>());
    fields.push_back(arrow::field(name, type));
    arrays.push_back(checked(arrow::json::ArrayFromJSONString(type, values.dump())));
  }
  const auto table = arrow::Table::Make(arrow::schema(fields), arrays);
  const auto file = checked(arrow::io::FileOutputStream::Open(path.string()));
  constexpr int64_t kRowsBetweenPages = 8;  // a page may end behind so many
  const auto properties =
      parquet::WriterProperties::Builder().write_batch_size(kRowsBetweenPages)->build();
  const auto status = parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file,
                                                 rows_per_group, properties);
  if (!status.ok()) model::fail("Parquet: ", status.ToString());
}

}  // namespace mono::tests
