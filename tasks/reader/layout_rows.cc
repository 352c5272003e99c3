#include "tasks/reader/layout_rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "model/adapter.h"
#include "tasks/reader/options_in_question.h"
#include "tasks/reader/row_fields.h"
#include "tasks/text/list_literal.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

using nlohmann::json;

constexpr size_t kMaxOptions = 26;

std::string letter(size_t index) {
  return {static_cast<char>('A' + index)};
}

bool is_among(const std::vector<std::string_view>& names, std::string_view field) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    return name.substr(0, name.find('.')) == field;
  });
}

/// Whether the layout says anything about the field.
bool is_known(const Layout& layout, std::string_view field) {
  return is_among(layout.images, field) || is_among(layout.ignored, field) ||
         field == layout.skipped_unless ||
         std::any_of(layout.columns.begin(), layout.columns.end(),
                     [&](const ColumnSource& source) { return is_among(source.fields, field); });
}

std::string picture_paths(const std::vector<NamedPicture>& pictures) {
  std::vector<std::string> names;
  names.reserve(pictures.size());
  for (const auto& picture : pictures) names.push_back(picture.name);
  return names.size() == 1 ? names.front() : list_literal(names);
}

/// Where a column stands in the layout; the letters of options stand where it says A.
size_t position_in(const Layout& layout, const std::string& column) {
  const bool is_letter = column.size() == 1;
  size_t letters = layout.columns.size();
  for (size_t i = 0; i < layout.columns.size(); ++i) {
    if (layout.columns[i].column == column) return i;
    if (is_letter && layout.columns[i].column == "A") letters = i;
  }
  return letters;
}

/// What the file's own types say about the accepted answers: a text is one, a list is several.
std::vector<std::string> targets_in(const json& fields, const ColumnSource& source) {
  for (const auto name : source.fields) {
    const auto* const value = find_field(fields, name);
    if (value == nullptr) continue;
    if (value->is_array()) return field_list(*value, name);
    auto text = field_text(*value, name);
    return text.empty() ? std::vector<std::string>() : std::vector{std::move(text)};
  }
  return {};
}

/// An option of its own column is absent where its text is empty; in a list of options it is there.
std::optional<std::string> unless_absent_option(std::string_view column, std::string text) {
  const bool is_absent = column.size() == 1 && text.empty();
  return is_absent ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

void LayoutRows::set(std::string_view column, std::optional<std::string> text) {
  auto found = column_.find(column);
  if (found == column_.end()) {
    found = column_.emplace(column, names_.size()).first;
    names_.emplace_back(column);
    texts_.emplace_back();
  }
  auto& texts = texts_[found->second];
  texts.resize(rows_.size() + 1);
  texts.back() = std::move(text);
}

const std::string* LayoutRows::find(std::string_view column) const {
  const auto found = column_.find(column);
  if (found == column_.end() || texts_[found->second].size() <= rows_.size()) return nullptr;
  const auto& text = texts_[found->second].back();
  return text ? &*text : nullptr;
}

void LayoutRows::set_options(const std::vector<std::string>& options) {
  if (options.size() > kMaxOptions) {
    model::fail("expected at most ", kMaxOptions, " options, got ", options.size());
  }
  for (size_t i = 0; i < options.size(); ++i) set(letter(i), options[i]);
}

void LayoutRows::set_column(const json& fields, const ColumnSource& source, Row& row) {
  if (source.making == Making::kPicturePaths) {
    set(source.column, picture_paths(row.info.pictures));
  } else if (source.making == Making::kOptions) {
    const auto* const value = find_field(fields, source.fields.front());
    if (value != nullptr) set_options(field_list(*value, source.fields.front()));
  } else if (auto text = column_text(fields, source)) {
    set(source.column, unless_absent_option(source.column, std::move(*text)));
    if (source.making == Making::kAnswers || source.making == Making::kOneAnswer) {
      row.targets = targets_in(fields, source);
    }
  }
}

/// InternVL's files hold some questions with their options in the text. Where the parts do not
/// give the text again, it is kept beside them.
void LayoutRows::split_question(const json& fields) {
  const auto* const question = find("question");
  if (question == nullptr) return;
  const auto* const text_field = find_field(fields, "text");
  const auto text = text_field == nullptr ? *question : field_text(*text_field, "text");
  const auto split = split_options(text);
  const bool has_options = find("A") != nullptr;
  if (split && !has_options) {
    set("question", split->question);
    set_options(split->options);
  } else if (has_options && text_field != nullptr) {
    Sample own{.question = *question};
    for (char name = 'A'; find({&name, 1}) != nullptr; ++name) {
      own.choices.push_back({name, *find({&name, 1})});
    }
    if (with_options(own) != text) set("text", text);
  }
}

void LayoutRows::add(const json& fields, FieldRow info) {
  const auto* const kind = find_field(fields, layout_.skipped_unless);
  if (kind != nullptr && *kind != layout_.skipped_value) return;
  Row row{.info = std::move(info)};
  try {
    for (const auto& source : layout_.columns) set_column(fields, source, row);
    if (layout_.has_options_in_question) split_question(fields);
    for (const auto& [name, value] : fields.items()) {
      const bool is_rest = keeps_rest_ && value.is_primitive() && !is_known(layout_, name);
      if (is_rest && find(name) == nullptr) {
        set(name, unless_absent_option(name, field_text(value, name)));
      }
    }
  } catch (const model::SetupError& cause) {
    if (row.info.fault.empty()) row.info.fault = cause.what();
  }
  rows_.push_back(std::move(row));
}

std::vector<size_t> LayoutRows::order() const {
  std::vector<size_t> order(rows_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto found = column_.find(layout_.sorted_by);
  if (found == column_.end()) return order;
  std::vector<std::string> keys;
  for (const auto& text : texts_[found->second]) {
    keys.push_back(replace_all(text.value_or(""), "/images/", "/"));
  }
  keys.resize(rows_.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return keys[a] < keys[b]; });
  return order;
}

/// The columns in the order of the layout, those it does not name behind them.
std::vector<size_t> LayoutRows::column_order() const {
  std::vector<size_t> columns(names_.size());
  std::iota(columns.begin(), columns.end(), size_t{0});
  const auto key = [&](size_t column) {
    const auto& name = names_[column];
    return std::pair(position_in(layout_, name), name.size() == 1 ? name : std::string());
  };
  std::stable_sort(columns.begin(), columns.end(),
                   [&](size_t a, size_t b) { return key(a) < key(b); });
  return columns;
}

SampleTable LayoutRows::table(const ReadRules& rules,
                              std::vector<std::vector<ImageSource>>& pictures) && {
  auto order = this->order();
  std::vector<size_t> rank(order.size());  // the place of each row in the layout's order
  for (size_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
  if (rules.keeps_file_order) std::iota(order.begin(), order.end(), size_t{0});
  const bool is_numbered = layout_.first_index >= 0 && !column_.contains("index");
  const auto columns = column_order();
  std::vector<std::string> names;
  if (is_numbered) names.emplace_back("index");
  for (const size_t column : columns) names.push_back(names_[column]);
  std::vector<Place> places;
  places.reserve(order.size());
  for (const size_t row : order) places.push_back(rows_[row].info.place);
  SampleTable table(rules, std::move(names), std::move(places));
  for (size_t i = 0; i < order.size(); ++i) {
    const size_t row = order[i];
    const size_t index = rank[row] + static_cast<size_t>(std::max(layout_.first_index, 0));
    if (is_numbered) table.set(i, 0, std::to_string(index));
    for (size_t k = 0; k < columns.size(); ++k) {
      auto& texts = texts_[columns[k]];
      if (row >= texts.size() || !texts[row]) continue;
      const size_t place = k + (is_numbered ? 1 : 0);
      if (names_[columns[k]].size() == 1) {
        table.set_present(i, place, std::move(*texts[row]));
      } else {
        table.set(i, place, std::move(*texts[row]));
      }
    }
    table.set_targets(i, std::move(rows_[row].targets));
    if (!rows_[row].info.fault.empty()) table.set_fault(i, rows_[row].info.fault);
    auto& sources = pictures.emplace_back();
    for (auto& picture : rows_[row].info.pictures) sources.push_back(std::move(picture.source));
  }
  return table;
}

}  // namespace mono::tasks
