#include "tasks/reader/parquet_rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "tasks/reader/parquet_file.h"
#include "tasks/reader/parquet_pictures.h"
#include "tasks/reader/row_fields.h"

namespace mono::tasks {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::string first_part(std::string_view name) {
  return std::string(name.substr(0, name.find('.')));
}

/// \throws model::SetupError if the row has no such field.
std::string text_in(const json& row, std::string_view field) {
  const auto* const value = find_field(row, field);
  if (value == nullptr) model::fail("expected a field '", field, "', got none");
  return field_text(*value, field);
}

/// The top-level columns that hold what a layout asks for.
std::set<std::string> wanted_columns(const Layout& layout) {
  std::set<std::string> wanted;
  for (const auto& source : layout.columns) {
    for (const auto field : source.fields) wanted.insert(first_part(field));
  }
  for (const auto image : layout.images) wanted.insert(std::string(image));
  wanted.insert(std::string(layout.skipped_unless));
  wanted.insert(std::string(layout.picture_table.row_key));
  return wanted;
}

/// The leaves to read for everything but the bytes of pictures. A picture's name stands in for it;
/// where the file gives it none, its bytes have to.
std::vector<int> text_leaves(const ParquetFile& file, const std::set<std::string>& wanted) {
  std::vector<int> leaves;
  for (const auto& leaf : file.leaves()) {
    if (!wanted.contains(leaf.column)) continue;
    const auto beside = leaf.path.substr(0, leaf.path.rfind('.')) + ".path";
    const bool has_name = leaf.path.ends_with(".bytes") &&
                          std::any_of(file.leaves().begin(), file.leaves().end(),
                                      [&](const auto& other) { return other.path == beside; });
    if (!has_name) leaves.push_back(leaf.index);
  }
  return leaves;
}

/// Calls `on_row` with each row of a file, its number from 0 and its fields.
void for_each_row(const ParquetFile& file, const std::vector<int>& leaves,
                  const std::function<void(int64_t, json)>& on_row) {
  int64_t number = 0;
  for (int group = 0; group < file.num_row_groups(); ++group) {
    const auto reader = file.batches(group, leaves);
    while (const auto batch = file.next(*reader)) {
      for (int64_t row = 0; row < batch->num_rows(); ++row) {
        auto fields = json::object();
        for (int i = 0; i < batch->num_columns(); ++i) {
          fields[batch->column_name(i)] = json_of(*batch->column(i), row);
        }
        on_row(number++, std::move(fields));
      }
    }
  }
}

/// Pictures of a row that its own file holds.
class OwnPictures {
 public:
  OwnPictures(const fs::path& path, const Layout& layout)
      : path_(path), layout_(layout), store_(open_parquet_pictures(path)) {}

  std::vector<NamedPicture> of(const json& row, int64_t number) const {
    std::vector<NamedPicture> pictures;
    for (const auto field : layout_.images) {
      const auto* const value = find_field(row, field);
      if (value == nullptr || value->is_null()) continue;
      const bool is_list = value->is_array();
      const size_t count = is_list ? value->size() : 1;
      for (size_t i = 0; i < count; ++i) {
        const auto& picture = is_list ? (*value)[i] : *value;
        if (!picture.is_null()) pictures.push_back(named(picture, number, field, i));
      }
      if (!layout_.all_images && !pictures.empty()) break;
    }
    return pictures;
  }

 private:
  NamedPicture named(const json& picture, int64_t number, std::string_view field,
                     size_t element) const {
    const auto* const path = find_field(picture, "path");
    const auto where = path_.string() + ": row " + std::to_string(number + 1);
    return {path == nullptr ? "" : field_text(*path, field),
            ImageSource(store_, number, std::string(field), static_cast<int>(element), where)};
  }

  const fs::path& path_;
  const Layout& layout_;
  std::shared_ptr<const PictureStore> store_;
};

/// Pictures that other files of the dataset hold, by a key.
class KeyedPictures {
 public:
  KeyedPictures(const fs::path& rows, const PictureTable& table) : table_(table) {
    if (table.rows_word.empty()) return;
    auto text = fs::absolute(rows).parent_path().string();
    const size_t word = text.rfind(table.rows_word);
    if (word == std::string::npos) return;
    text.replace(word, table.rows_word.size(), table.pictures_word);
    for (const auto& entry : fs::directory_iterator(text)) {
      if (entry.path().extension() == ".parquet") read(entry.path());
    }
  }

  bool is_empty() const { return by_key_.empty(); }

  std::vector<NamedPicture> of(const json& row) const {
    const auto key = text_in(row, table_.row_key);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) model::fail("no picture has the id '", key, "'");
    return {found->second};
  }

 private:
  void read(const fs::path& path) {
    const ParquetFile file(path);
    const auto key = std::string(table_.picture_key);
    const auto store = open_parquet_pictures(path);
    for_each_row(file, text_leaves(file, {key}), [&](int64_t number, const json& row) {
      const auto where = path.string() + ": row " + std::to_string(number + 1);
      by_key_[text_in(row, key)] = {"", ImageSource(store, number, "image", 0, where)};
    });
  }

  const PictureTable& table_;
  std::unordered_map<std::string, NamedPicture> by_key_{};
};

}  // namespace

void add_parquet_rows(const fs::path& path, const Layout& layout, LayoutRows& rows) {
  const ParquetFile file(path);
  const auto leaves = text_leaves(file, wanted_columns(layout));
  if (leaves.empty()) {
    model::fail(path.string(), ": expected columns of task ", layout.task, ", got none of them");
  }
  const OwnPictures own(path, layout);
  const KeyedPictures keyed(path, layout.picture_table);
  const auto place = std::make_shared<const std::string>(path.string() + ": row ");
  for_each_row(file, leaves, [&](int64_t number, const json& row) {
    FieldRow info{.place = {place, number + 1}};
    try {
      info.pictures = keyed.is_empty() ? own.of(row, number) : keyed.of(row);
    } catch (const model::SetupError& cause) {
      info.fault = cause.what();
    }
    rows.add(row, std::move(info));
  });
}

}  // namespace mono::tasks
