#include "tasks/reader/tsv.h"

#include <algorithm>
#include <map>

#include "model/adapter.h"

namespace mono::tasks {
namespace {

/// Cuts a text into rows of fields.
class Cutter {
 public:
  Cutter(const std::filesystem::path& path, std::string_view text) : path_(path), text_(text) {}

  /// \param line  Where the row starts.
  /// \returns false at the end of the text.
  bool next(std::vector<TsvField>& fields, int64_t& line) {
    skip_empty_rows();
    if (at_end()) return false;
    line = line_;
    fields.clear();
    for (;;) {
      fields.push_back(take_field(line));
      if (at_end()) return true;
      if (text_[position_] == '\t') {
        ++position_;
        continue;
      }
      take_row_end();
      return true;
    }
  }

  /// What has not been cut yet.
  std::string_view rest() const { return text_.substr(position_); }

 private:
  bool at_end() const { return position_ >= text_.size(); }

  void take_row_end() {
    const bool is_two_bytes =
        text_[position_] == '\r' && position_ + 1 < text_.size() && text_[position_ + 1] == '\n';
    position_ += is_two_bytes ? 2 : 1;
    ++line_;
  }

  void skip_empty_rows() {
    while (!at_end() && (text_[position_] == '\n' || text_[position_] == '\r')) take_row_end();
  }

  TsvField take_field(int64_t row_line) {
    const size_t start = position_;
    if (!at_end() && text_[position_] == '"') take_quoted(row_line);
    while (!at_end() && text_[position_] != '\t' && text_[position_] != '\n' &&
           text_[position_] != '\r') {
      ++position_;
    }
    return {text_.substr(start, position_ - start)};
  }

  void take_quoted(int64_t row_line) {
    for (++position_; !at_end(); ++position_) {
      const char c = text_[position_];
      if (c == '\n') ++line_;
      if (c != '"') continue;
      ++position_;
      if (at_end() || text_[position_] != '"') return;
    }
    model::fail(path_.string(), ":", row_line, ": a field that begins with a quote is not closed");
  }

  const std::filesystem::path& path_;
  std::string_view text_;
  size_t position_ = 0;
  int64_t line_ = 1;
};

std::vector<std::string> column_names(const std::vector<TsvField>& header) {
  std::vector<std::string> names;
  std::map<std::string, int> repeats;
  for (size_t i = 0; i < header.size(); ++i) {
    auto name = header[i].text();
    if (name.empty()) name = "Unnamed: " + std::to_string(i);
    auto unique = name;
    while (std::find(names.begin(), names.end(), unique) != names.end()) {
      unique = name + "." + std::to_string(++repeats[name]);
    }
    names.push_back(std::move(unique));
  }
  return names;
}

}  // namespace

std::string TsvField::text() const {
  if (!is_quoted()) return std::string(raw);
  std::string result;
  size_t i = 1;
  for (; i < raw.size(); ++i) {
    if (raw[i] == '"') {
      ++i;
      if (i >= raw.size() || raw[i] != '"') break;
    }
    result.push_back(raw[i]);
  }
  if (i < raw.size()) result.append(raw.substr(i));
  return result;
}

std::string_view TsvField::text_in_file() const {
  if (!is_quoted()) return raw;
  const auto inner = raw.substr(1, raw.size() - 2);
  const bool is_plain =
      raw.size() >= 2 && raw.back() == '"' && inner.find('"') == std::string_view::npos;
  return is_plain ? inner : std::string_view();
}

int TsvTable::column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

TsvTable read_tsv(const std::filesystem::path& path) {
  TsvTable table{.path = path, .file = MappedFile::open(path)};
  const auto text = table.file->text();

  Cutter cutter(path, text);
  std::vector<TsvField> fields;
  int64_t line = 0;
  if (!cutter.next(fields, line)) model::fail(path.string(), ":1: expected a header row, got none");
  table.columns = column_names(fields);
  const size_t num_columns = table.columns.size();
  ForwardReading reading(*table.file);
  while (cutter.next(fields, line)) {
    if (fields.size() > num_columns) {
      model::fail(path.string(), ":", line, ": expected ", num_columns, " fields, got ",
                  fields.size());
    }
    fields.resize(num_columns);
    table.fields.insert(table.fields.end(), fields.begin(), fields.end());
    table.lines.push_back(line);
    reading.passed(cutter.rest());
  }
  if (table.lines.empty())
    model::fail(path.string(), ": expected at least one row, got the header alone");
  return table;
}

}  // namespace mono::tasks
