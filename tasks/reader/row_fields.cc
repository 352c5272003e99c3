#include "tasks/reader/row_fields.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "tasks/text/list_literal.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

using nlohmann::json;

/// 0 becomes A; what is no such number stays.
std::string letter_of_index(std::string text) {
  const auto index = parse_int(text);
  const bool is_small = index && index->size() <= 2 && !index->starts_with('-');
  const int number = is_small ? std::stoi(*index) : 26;
  if (number >= 26) return text;
  return {static_cast<char>('A' + number)};
}

std::string letter_of_choice(const std::vector<std::string>& choices, const std::string& answer) {
  const auto found = std::find(choices.begin(), choices.end(), answer);
  if (found == choices.end()) return "";
  return {static_cast<char>('A' + (found - choices.begin()))};
}

std::string mapped(const ColumnSource& source, std::string text) {
  for (const auto& [from, to] : source.values) {
    if (text == from) return std::string(to);
  }
  return text;
}

std::string joined(const std::vector<std::string>& texts, std::string_view separator) {
  std::string result;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) result += separator;
    result += texts[i];
  }
  return result;
}

std::optional<std::string> all_fields(const json& row, const ColumnSource& source) {
  std::vector<std::string> texts;
  for (const auto name : source.fields) {
    const auto* const value = find_field(row, name);
    if (value == nullptr) return std::nullopt;
    texts.push_back(field_text(*value, name));
  }
  return joined(texts, source.text);
}

/// A list as the literal of one; a single text as it is.
std::string answers_text(const json& value, std::string_view name, bool unwraps_one) {
  if (!value.is_array()) return field_text(value, name);
  const auto texts = field_list(value, name);
  return unwraps_one && texts.size() == 1 ? texts.front() : list_literal(texts);
}

std::string with_prefix(std::string_view prefix, const std::string& text) {
  return text.starts_with(prefix) ? text : std::string(prefix) + text;
}

std::string without_prefix(std::string_view prefix, const std::string& text) {
  return text.substr(text.starts_with(prefix) ? prefix.size() : 0);
}

/// 391895 of `val2014/COCO_val2014_000000391895.jpg`; an integer is its plain form.
std::string image_number(const std::string& text) {
  auto name = text.substr(text.find_last_of("/_") + 1);
  name.resize(std::min(name.size(), name.find('.')));
  return parse_int(name).value_or(text);
}

std::string made_text(const json& row, const json& value, std::string_view name,
                      const ColumnSource& source) {
  switch (source.making) {
    case Making::kAnswers:
    case Making::kOneAnswer:
      return answers_text(value, name, source.making == Making::kOneAnswer);
    case Making::kList:
      return value.is_null() ? "" : list_literal(field_list(value, name));
    case Making::kWords:
      return joined(field_list(value, name), source.text);
    case Making::kLetterOfIndex:
      return letter_of_index(field_text(value, name));
    case Making::kLetterOfChoice: {
      const auto* const answer = find_field(row, source.fields.at(1));
      const auto text = answer == nullptr ? "" : field_text(*answer, source.fields[1]);
      return letter_of_choice(field_list(value, name), text);
    }
    case Making::kPrefixed:
      return with_prefix(source.text, field_text(value, name));
    case Making::kWithoutPrefix:
      return without_prefix(source.text, field_text(value, name));
    case Making::kFirstPart: {
      const auto text = field_text(value, name);
      return text.substr(0, text.find(source.text));
    }
    case Making::kImageNumber:
      return image_number(field_text(value, name));
    case Making::kMapped:
      return mapped(source, field_text(value, name));
    default:
      return field_text(value, name);
  }
}

[[noreturn]] void fail_on(std::string_view name, std::string_view expected, const json& value) {
  model::fail("field '", name, "': expected ", expected, ", got ", value.type_name());
}

}  // namespace

const json* find_field(const json& row, std::string_view name) {
  const size_t point = name.find('.');
  if (!row.is_object()) return nullptr;
  const auto found = row.find(name.substr(0, point));
  if (found == row.end()) return nullptr;
  return point == std::string_view::npos ? &*found : find_field(*found, name.substr(point + 1));
}

std::string field_text(const json& value, std::string_view name) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_number_unsigned()) return std::to_string(value.get<uint64_t>());
  if (value.is_number_integer()) return std::to_string(value.get<int64_t>());
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    return std::isnan(number) ? "" : float_repr(number);
  }
  if (value.is_null()) return "";
  fail_on(name, "a text", value);
}

std::vector<std::string> field_list(const json& value, std::string_view name) {
  std::vector<std::string> texts;
  if (value.is_string()) {
    auto text = value.get<std::string>();
    if (auto elements = parse_list_literal(text)) return std::move(*elements);
    texts.push_back(std::move(text));
  } else if (value.is_array()) {
    for (const auto& element : value) {
      const auto* const answer = find_field(element, "answer");
      texts.push_back(field_text(answer == nullptr ? element : *answer, name));
    }
  } else if (!value.is_null()) {
    fail_on(name, "a list of texts", value);
  }
  return texts;
}

std::optional<std::string> column_text(const json& row, const ColumnSource& source) {
  if (source.making == Making::kJoined) return all_fields(row, source);
  for (const auto name : source.fields) {
    const auto* const value = find_field(row, name);
    if (value != nullptr) return made_text(row, *value, name, source);
  }
  return std::nullopt;
}

}  // namespace mono::tasks
