#include "tasks/reader/json_rows.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "model/adapter.h"
#include "tasks/reader/annotations.h"
#include "tasks/reader/json_lines.h"
#include "tasks/reader/named_file.h"
#include "tasks/reader/row_fields.h"

namespace mono::tasks {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// Finds picture files by the names a file of rows has for them: below its own folder, the
/// layout's folder of pictures, or a folder above, since InternVL's scripts run above their data.
class PictureFolder {
 public:
  PictureFolder(const fs::path& rows, std::string_view image_folder)
      : own_(fs::absolute(rows).parent_path()), image_folder_(image_folder) {}

  fs::path find(const std::string& name) const {
    if (!image_folder_.empty() && is_there(own_ / image_folder_ / name)) {
      return own_ / image_folder_ / name;
    }
    for (auto base = own_;; base = base.parent_path()) {
      if (is_there(base / name)) return base / name;
      if (base == base.parent_path()) return own_ / name;
    }
  }

 private:
  fs::path own_;
  std::string image_folder_;
};

std::vector<NamedPicture> pictures_of(const json& row, const Layout& layout,
                                      const PictureFolder& folder) {
  std::vector<NamedPicture> pictures;
  bool has_field = false;
  for (const auto field : layout.images) {
    const auto* const value = find_field(row, field);
    if (value == nullptr) continue;
    has_field = true;
    if (value->is_null()) continue;
    const auto names =
        value->is_array() ? field_list(*value, field) : std::vector{field_text(*value, field)};
    for (const auto& name : names) pictures.push_back({name, ImageSource(folder.find(name))});
    if (!layout.all_images && !pictures.empty()) break;
  }
  if (!has_field) {
    model::fail("expected a picture in field '", layout.images.front(), "', got none");
  }
  return pictures;
}

constexpr const char* kNoObject = "expected a JSON object, got ";

/// One file of rows on its way into the columns of its benchmark.
class JsonRows {
 public:
  JsonRows(const fs::path& path, const Layout& layout, LayoutRows& rows)
      : path_(path),
        layout_(layout),
        rows_(rows),
        folder_(path, layout.image_folder),
        annotations_(AnnotationFile::beside(path, layout)),
        lines_(std::make_shared<const std::string>(path.string() + ":")),
        elements_(std::make_shared<const std::string>(path.string() + ": element ")) {}

  /// \param split  Becomes field `split` of rows that have none.
  void read(bool is_lines, const std::string& split) {
    split_ = split;
    if (is_lines) {
      for_each_json_line_or_fault(path_, [&](const json& row, const JsonLine& line) {
        add(row.is_null() ? json::object() : row, {lines_, line.number}, line.fault);
      });
    } else {
      for_each_json_element(path_, layout_.rows_list,
                            [&](json& row, int64_t number, const std::string& /*key*/) {
                              const Place place{elements_, number};
                              if (row.is_object()) return add(std::move(row), place, "");
                              add(json::object(), place, std::string(kNoObject) + row.type_name());
                            });
    }
    if (!annotations_) return;
    for (const auto& [place, fault] : annotations_->unplaced()) add(json::object(), place, fault);
  }

  std::vector<fs::path> files() const {
    std::vector<fs::path> files = {path_};
    if (annotations_ && annotations_->path() != path_) files.push_back(annotations_->path());
    return files;
  }

 private:
  void add(json row, const Place& place, const std::string& fault) {
    FieldRow info{.place = place, .fault = fault};
    if (!split_.empty()) row.emplace("split", split_);
    try {
      if (annotations_) annotations_->add_to(row);
      info.pictures = pictures_of(row, layout_, folder_);
    } catch (const model::SetupError& cause) {
      if (info.fault.empty()) info.fault = cause.what();
    }
    rows_.add(row, std::move(info));
  }

  const fs::path& path_;
  const Layout& layout_;
  LayoutRows& rows_;
  PictureFolder folder_;
  std::optional<AnnotationFile> annotations_;
  std::shared_ptr<const std::string> lines_;
  std::shared_ptr<const std::string> elements_;
  std::string split_{};
};

}  // namespace

std::vector<fs::path> add_json_rows(const fs::path& path, const Layout& layout, LayoutRows& rows) {
  const auto split = layout.internvl_files.size() > 1 ? path.stem().string() : std::string();
  JsonRows reader(path, layout, rows);
  reader.read(holds_json_lines(path), split);
  return reader.files();
}

}  // namespace mono::tasks
