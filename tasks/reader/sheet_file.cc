#include "tasks/reader/sheet_file.h"

#include <zip.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <pugixml.hpp>

#include "model/adapter.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"
#include "tasks/text/utf8.h"

namespace mono::tasks {
namespace {

constexpr zip_uint64_t kMaxPartBytes = zip_uint64_t{1} << 31;  // a sheet of 2 GiB is none
constexpr size_t kMaxColumns = 16384;                          // Excel's own limit
constexpr size_t kMaxRows = 1048576;                           // likewise

/// The parts of an .xlsx file.
class Package {
 public:
  explicit Package(const std::filesystem::path& path) : path_(path) {
    int error = 0;
    archive_.reset(zip_open(path.c_str(), ZIP_RDONLY, &error));
    if (archive_ == nullptr) {
      zip_error_t why;
      zip_error_init_with_code(&why, error);
      const std::string text = zip_error_strerror(&why);
      zip_error_fini(&why);
      model::fail(path.string(), ": no spreadsheet: ", text);
    }
  }

  bool has(const std::string& part) const {
    return zip_name_locate(archive_.get(), part.c_str(), 0) >= 0;
  }

  pugi::xml_document xml(const std::string& part) const {
    const auto text = bytes(part);
    pugi::xml_document document;
    const auto result =
        document.load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata);
    if (!result) {
      model::fail(path_.string(), ": ", part, ": no XML at byte ", result.offset, ": ",
                  result.description());
    }
    return document;
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::string bytes(const std::string& part) const {
    zip_stat_t status;
    if (zip_stat(archive_.get(), part.c_str(), 0, &status) != 0 ||
        (status.valid & ZIP_STAT_SIZE) == 0 || status.size > kMaxPartBytes) {
      model::fail(path_.string(), ": the spreadsheet has no usable part ", part);
    }
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
        zip_fopen(archive_.get(), part.c_str(), 0), zip_fclose);
    std::string text(status.size, '\0');
    if (file == nullptr ||
        zip_fread(file.get(), text.data(), status.size) != static_cast<zip_int64_t>(status.size)) {
      model::fail(path_.string(), ": ", part, ": cannot read: ", zip_strerror(archive_.get()));
    }
    return text;
  }

  std::filesystem::path path_;
  std::unique_ptr<zip_t, void (*)(zip_t*)> archive_{nullptr, zip_discard};
};

/// An element's children of that name, whatever prefix their namespace has.
bool is_called(const pugi::xml_node& node, std::string_view name) {
  const std::string_view own = node.name();
  return own == name || (own.size() > name.size() && own.ends_with(name) &&
                         own[own.size() - name.size() - 1] == ':');
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  return node.find_child([&](const pugi::xml_node& inner) { return is_called(inner, name); });
}

/// The text of a shared or inline string: its `t`, or those of its runs; phonetic hints left out.
std::string text_of(const pugi::xml_node& node) {
  std::string text;
  for (const auto& inner : node.children()) {
    if (is_called(inner, "t")) text += inner.child_value();
    if (is_called(inner, "r")) text += child(inner, "t").child_value();
  }
  return text;
}

/// openpyxl takes the escape of an underscore out of shared texts, and no other escape.
std::vector<std::string> shared_texts(const Package& package) {
  std::vector<std::string> texts;
  if (!package.has("xl/sharedStrings.xml")) return texts;
  const auto document = package.xml("xl/sharedStrings.xml");
  for (const auto& node : document.document_element().children()) {
    if (is_called(node, "si")) texts.push_back(replace_all(text_of(node), "x005F_", ""));
  }
  return texts;
}

/// The part that holds the first sheet.
std::string first_sheet(const Package& package) {
  const auto book = package.xml("xl/workbook.xml");
  const auto sheet = child(child(book.document_element(), "sheets"), "sheet");
  const std::string id = sheet.attribute("r:id").value();
  const auto relations = package.xml("xl/_rels/workbook.xml.rels");
  for (const auto& relation : relations.document_element().children()) {
    if (id != relation.attribute("Id").value() || id.empty()) continue;
    const std::string target = relation.attribute("Target").value();
    return target.starts_with('/') ? target.substr(1) : "xl/" + target;
  }
  model::fail(package.path().string(), ": the workbook names no sheet");
}

/// Column and row of a reference such as `AB12`, from 0.
struct Place {
  size_t column = 0;
  size_t row = 0;
};

Place place_of(const std::string& reference, const std::string& file) {
  size_t column = 0;
  size_t position = 0;
  for (; position < reference.size() && reference[position] >= 'A' && reference[position] <= 'Z';
       ++position) {
    column = column * 26 + static_cast<size_t>(reference[position] - 'A') + 1;
    if (column > kMaxColumns) break;
  }
  const auto row = parse_int(std::string_view(reference).substr(position));
  const bool is_row = row && row->size() <= 7 && !row->starts_with('-') && *row != "0";
  if (column == 0 || column > kMaxColumns || !is_row || std::stoul(*row) > kMaxRows) {
    model::fail(file, ": expected a cell's place such as B2, got '", reference, "'");
  }
  return {column - 1, std::stoul(*row) - 1};
}

Cell number_cell(const std::string& text, const std::string& where) {
  const auto number = parse_float(text);
  if (!number) model::fail(where, ": expected a number, got '", text, "'");
  constexpr double kInt64Limit = 9223372036854775808.0;  // 2^63
  if (std::trunc(*number) == *number && std::abs(*number) < kInt64Limit) {
    return static_cast<int64_t>(*number);
  }
  return *number;
}

Cell text_cell(std::string text) {
  repair_utf8(text);
  if (text.empty()) return {};
  return text;
}

Cell cell_of(const pugi::xml_node& node, const std::vector<std::string>& shared,
             const std::string& file) {
  const std::string type = node.attribute("t").value();
  const std::string value = child(node, "v").child_value();
  const auto where = file + ": cell " + node.attribute("r").value();
  if (type == "inlineStr") return text_cell(text_of(child(node, "is")));
  if (value.empty() || type == "e") return {};
  if (type == "s") {
    const auto index = parse_int(value);
    if (!index || index->starts_with('-') || index->size() > 9 ||
        std::stoul(*index) >= shared.size()) {
      model::fail(where, ": expected one of ", shared.size(), " shared texts, got '", value, "'");
    }
    return text_cell(shared[std::stoul(*index)]);
  }
  if (type == "str") return text_cell(value);
  if (type == "b") return value != "0";
  return number_cell(value, where);
}

void put(SheetFile& sheet, std::vector<std::string>& header, const Place& place, Cell cell) {
  if (place.row == 0) {
    header.resize(std::max(header.size(), place.column + 1));
    if (!is_missing(cell)) header[place.column] = cell_text(cell);
    return;
  }
  if (is_missing(cell)) return;
  sheet.rows.resize(std::max(sheet.rows.size(), place.row));
  auto& row = sheet.rows[place.row - 1];
  row.resize(std::max(row.size(), place.column + 1));
  row[place.column] = std::move(cell);
}

}  // namespace

std::vector<std::string> unique_column_names(std::vector<std::string> names) {
  std::vector<std::string> unique_names;
  std::map<std::string, int> repeats;
  for (size_t i = 0; i < names.size(); ++i) {
    const auto name = names[i].empty() ? "Unnamed: " + std::to_string(i) : names[i];
    auto unique = name;
    while (std::find(unique_names.begin(), unique_names.end(), unique) != unique_names.end()) {
      unique = name + "." + std::to_string(++repeats[name]);
    }
    unique_names.push_back(std::move(unique));
  }
  return unique_names;
}

SheetFile read_sheet_file(const std::filesystem::path& path) {
  const Package package(path);
  const auto shared = shared_texts(package);
  const auto document = package.xml(first_sheet(package));
  SheetFile sheet;
  std::vector<std::string> header;
  size_t next_row = 0;
  for (const auto& row : child(document.document_element(), "sheetData").children()) {
    if (!is_called(row, "row")) continue;
    size_t next_column = 0;
    for (const auto& node : row.children()) {
      if (!is_called(node, "c")) continue;
      const std::string reference = node.attribute("r").value();
      const auto place =
          reference.empty() ? Place{next_column, next_row} : place_of(reference, path.string());
      put(sheet, header, place, cell_of(node, shared, path.string()));
      next_column = place.column + 1;
      next_row = place.row;
    }
    ++next_row;
  }
  if (header.empty()) model::fail(path.string(), ": expected a header row, got none");
  sheet.columns = unique_column_names(std::move(header));
  for (auto& row : sheet.rows) row.resize(sheet.columns.size());
  return sheet;
}

}  // namespace mono::tasks
