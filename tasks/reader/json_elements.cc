#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "model/adapter.h"
#include "model/json_text.h"
#include "tasks/reader/json_lines.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/text/utf8.h"

namespace mono::tasks {
namespace {

using nlohmann::json;
using OnElement = std::function<void(json&, int64_t, const std::string&)>;

constexpr size_t kShown = 60;

std::string shown(std::string_view text) {
  std::string start(text.substr(0, kShown));
  repair_utf8(start);
  return text.size() > kShown ? start + "..." : start;
}

/// Python writes a missing number as NaN, which is no JSON.
std::string with_null_for_nan(std::string_view text) {
  constexpr std::string_view kNan = "NaN";
  std::string result;
  bool is_quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_quoted && text[i] == '\\') {
      result += text.substr(i, 2);
      ++i;
      continue;
    }
    if (text[i] == '"') is_quoted = !is_quoted;
    const bool is_nan = !is_quoted && text.substr(i).starts_with(kNan);
    result += is_nan ? "null" : text.substr(i, 1);
    if (is_nan) i += kNan.size() - 1;
  }
  return result;
}

/// The row of a line; null, and a reason, where it holds none. Bytes that are no UTF-8 and numbers
/// that are NaN leave both.
json parse_line(std::string_view text, std::string& fault) {
  if (model::too_deep_at(text)) {
    fault = model::kTooDeep;
    return nullptr;
  }
  auto row = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (row.is_discarded()) {
    std::string repaired(text);
    if (!repair_utf8(repaired)) {
      row = json::parse(repaired, nullptr, /*allow_exceptions=*/false);
      fault = "the line is not UTF-8";
    }
  }
  if (row.is_discarded()) {
    fault = "expected JSON, got: " + shown(text);
    row = json::parse(with_null_for_nan(text), nullptr, /*allow_exceptions=*/false);
    return row.is_object() ? row : nullptr;
  }
  if (row.is_object()) return row;
  fault = std::string("expected a JSON object, got ") + row.type_name();
  return nullptr;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// Hands the elements of a list over as the parser meets their ends, and drops them.
class ElementHandler {
 public:
  ElementHandler(std::string_view list, const OnElement& on_element)
      : list_(list), on_element_(on_element) {}

  /// \returns whether the parser keeps what it has read.
  bool operator()(int depth, json::parse_event_t event, json& parsed) {
    if (depth == 0 && event == json::parse_event_t::array_start) is_list_ = true;
    if (depth == 1 && event == json::parse_event_t::key) key_ = parsed.get<std::string>();
    if (depth != element_depth() || !is_end_of_element(event)) return true;
    if (is_wanted()) hand_over(parsed);
    return false;
  }

  int64_t count() const { return count_; }
  const char* type_of_others() const { return type_of_others_; }
  bool has_objects() const { return has_objects_; }

 private:
  int element_depth() const { return list_.empty() || is_list_ ? 1 : 2; }
  bool is_wanted() const { return list_.empty() || is_list_ || key_ == list_; }

  /// Whatever a list holds is an element.
  bool is_end_of_element(json::parse_event_t event) const {
    if (event == json::parse_event_t::object_end) return true;
    const bool ends_other =
        event == json::parse_event_t::value || event == json::parse_event_t::array_end;
    return ends_other && (is_list_ || !list_.empty());
  }

  void hand_over(json& element) {
    has_objects_ = has_objects_ || element.is_object();
    if (!element.is_object()) type_of_others_ = element.type_name();
    const bool has_key = list_.empty() && !is_list_;
    on_element_(element, count_++, has_key ? key_ : "");
  }

  std::string_view list_;
  const OnElement& on_element_;
  bool is_list_ = false;
  std::string key_{};
  int64_t count_ = 0;
  bool has_objects_ = false;
  const char* type_of_others_ = nullptr;
};

}  // namespace

void for_each_json_line_or_fault(const std::filesystem::path& path,
                                 const std::function<void(const json&, const JsonLine&)>& on_line) {
  const auto file = MappedFile::open(path);
  auto rest = file->text();
  for (int64_t number = 1; !rest.empty(); ++number) {
    const size_t end = rest.find('\n');
    const auto text = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (is_blank(text)) continue;
    JsonLine line{.number = number};
    const auto row = parse_line(text, line.fault);
    const bool may_be_cut = end == std::string_view::npos && line.fault != model::kTooDeep;
    if (row.is_null() && may_be_cut) line.fault = "the file ends within a row: " + line.fault;
    on_line(row, line);
  }
}

std::vector<std::pair<std::string, json>> json_entries(std::string_view text) {
  std::vector<std::pair<std::string, json>> entries;
  if (model::too_deep_at(text)) return entries;
  std::string key;
  bool is_object = false;
  const auto on_event = [&](int depth, json::parse_event_t event, json& parsed) {
    using Event = json::parse_event_t;
    if (depth == 0 && event == Event::object_start) is_object = true;
    if (depth == 1 && event == Event::key) key = parsed.get<std::string>();
    const bool is_end =
        event == Event::value || event == Event::object_end || event == Event::array_end;
    if (!is_object || depth != 1 || !is_end) return true;
    entries.emplace_back(key, std::move(parsed));
    return false;
  };
  const auto rest = json::parse(text, on_event, /*allow_exceptions=*/false);
  if (!rest.is_object()) entries.clear();
  return entries;
}

void for_each_json_element(const std::filesystem::path& path, std::string_view list,
                           const OnElement& on_element) {
  const auto file = MappedFile::open(path);
  model::refuse_too_deep(file->text(), path.string());
  ElementHandler handler(list, on_element);
  json rest;
  try {
    rest = json::parse(file->text(), [&](int depth, json::parse_event_t event, json& parsed) {
      return handler(depth, event, parsed);
    });
  } catch (const json::parse_error& error) {
    const bool is_cut = error.byte > file->text().size();
    const auto from = error.byte - std::min(error.byte, kShown / 2);
    model::fail(path.string(), ": byte ", error.byte, ": expected JSON, got",
                is_cut ? " the end of the file behind: " : ": ", shown(file->text().substr(from)));
  }
  const bool has_others_alone = handler.type_of_others() != nullptr && !handler.has_objects();
  if (has_others_alone || !rest.is_structured()) {
    model::fail(path.string(), ": expected a list of JSON objects, got ",
                has_others_alone ? handler.type_of_others() : rest.type_name(),
                has_others_alone ? " in it" : "");
  }
  if (handler.count() == 0) model::fail(path.string(), ": expected at least one element, got none");
}

}  // namespace mono::tasks
