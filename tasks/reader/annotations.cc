#include "tasks/reader/annotations.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "tasks/reader/json_lines.h"
#include "tasks/reader/row_fields.h"

namespace mono::tasks {
namespace {

using nlohmann::json;

bool is_wanted(const Layout& layout, const std::string& field) {
  if (field == layout.skipped_unless) return true;
  return std::any_of(layout.columns.begin(), layout.columns.end(), [&](const auto& source) {
    return std::find(source.fields.begin(), source.fields.end(), field) != source.fields.end();
  });
}

/// The fields a layout asks for; of answers that are objects, their texts alone.
json wanted_fields(const Layout& layout, json& element) {
  json fields = json::object();
  for (auto& [name, value] : element.items()) {
    if (!is_wanted(layout, name)) continue;
    const bool holds_objects = value.is_array() && !value.empty() && value.front().is_object();
    fields[name] = holds_objects ? json(field_list(value, name)) : std::move(value);
  }
  return fields;
}

std::optional<std::string> id_of(const json& row, const Layout& layout) {
  for (const auto& source : layout.columns) {
    if (source.column == "index") return column_text(row, source);
  }
  return std::nullopt;
}

std::string needed_text(const json& element, std::string_view name) {
  const auto* const value = find_field(element, name);
  if (value == nullptr) model::fail("expected a field '", name, "', got none");
  if (value->is_null()) model::fail("field '", name, "': expected a text, got null");
  return field_text(*value, name);
}

/// The layouts' usual place of accepted answers.
const Annotations kUsual = {.list = "annotations", .key = "question_id"};

}  // namespace

std::optional<AnnotationFile> AnnotationFile::beside(const std::filesystem::path& rows,
                                                     const Layout& layout) {
  const auto folder = std::filesystem::absolute(rows).parent_path();
  for (const auto name : layout.annotations.files) {
    const auto path = name == kSameFile ? rows : folder / name;
    const bool is_there = std::filesystem::exists(path);
    if (!is_there || (name == kSameFile && holds_json_lines(path))) continue;
    AnnotationFile file(path, layout);
    file.read(layout.annotations);
    return file;
  }
  const auto usual = folder / (rows.stem().string() + "_annotations.json");
  if (!std::filesystem::exists(usual)) return std::nullopt;
  AnnotationFile file(usual, layout);
  file.read(layout.annotations.list.empty() ? kUsual : layout.annotations);
  return file;
}

void AnnotationFile::read(const Annotations& annotations) {
  const auto before_number = std::make_shared<const std::string>(path_.string() + ": element ");
  for_each_json_element(path_, annotations.list,
                        [&](json& element, int64_t number, const std::string& key) {
                          add(element, key, annotations, {before_number, number});
                        });
}

void AnnotationFile::add(json& element, const std::string& key, const Annotations& annotations,
                         const Place& place) {
  auto id = key;
  try {
    if (!element.is_object()) model::fail("expected a JSON object, got ", element.type_name());
    if (!annotations.key.empty()) id = needed_text(element, annotations.key);
    if (id.empty()) model::fail("field '", annotations.key, "': expected an id, got none");
    if (annotations.collected.empty()) {
      by_id_[id] = wanted_fields(*layout_, element);
    } else {
      by_id_[id]["captions"].push_back(needed_text(element, annotations.collected));
    }
  } catch (const model::SetupError& cause) {
    if (id.empty()) {
      unplaced_.push_back({place, cause.what()});
    } else {
      fault_of_id_.emplace(id, place.text() + ": " + cause.what());
    }
  }
}

void AnnotationFile::add_to(json& row) const {
  const auto id = id_of(row, *layout_);
  if (!id) return;
  const auto fault = fault_of_id_.find(*id);
  if (fault != fault_of_id_.end()) model::fail(fault->second);
  const auto found = by_id_.find(*id);
  if (found == by_id_.end()) {
    model::fail("id '", *id, "' is not among the annotations in ", path_.string());
  }
  for (const auto& [name, value] : found->second.items()) {
    if (name == "answer") {
      row[name] = value;
    } else {
      row.emplace(name, value);
    }
  }
}

}  // namespace mono::tasks
