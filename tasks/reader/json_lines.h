#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mono::tasks {

/// Calls `on_row` with each line of a JSON Lines file, in order, and with "<path>:<line>".
/// \throws model::SetupError if the file is absent or empty, or if a line is no JSON object: cut
///         short, for instance.
void for_each_json_line(
    const std::filesystem::path& path,
    const std::function<void(const nlohmann::json&, const std::string&)>& on_row);

/// The first 100 lines that are not blank, or all there are: enough to see past a log's noise what
/// a file holds.
std::vector<std::string_view> first_lines(std::string_view text);

/// Whether the file holds one object a line, and not one object or list as a whole. Lines of noise
/// and rows cut short may stand before the first object, within the first lines.
bool holds_json_lines(const std::filesystem::path& path);

/// A line of a JSON Lines file.
struct JsonLine {
  int64_t number = 0;   // from 1
  std::string fault{};  // why it cannot be used; "" where it can
};

/// Calls `on_line` with each line of a JSON Lines file that is not blank, in order. A line that
/// cannot be used, the last one of a file that was cut short for one, has no row and a reason;
/// bytes that are no UTF-8, and NaN, leave both.
/// \throws model::SetupError if the file is absent or empty.
void for_each_json_line_or_fault(
    const std::filesystem::path& path,
    const std::function<void(const nlohmann::json&, const JsonLine&)>& on_line);

/// Calls `on_element` with each element of a JSON file's list, in order, its number, from 0, and
/// its key, "" in a list. One element is in memory at a time. A list may hold other things beside
/// objects, which are handed over too.
/// \param list  The field of the root object that is the list; "": the root itself, a list of
///              objects or an object of objects, whose key is handed over.
/// \throws model::SetupError if the file is absent, empty or no JSON, or holds no object.
void for_each_json_element(
    const std::filesystem::path& path, std::string_view list,
    const std::function<void(nlohmann::json&, int64_t number, const std::string& key)>& on_element);

/// The entries of a text that is one JSON object, in its order, a repeated key as often as it is
/// there; none where the text is something else.
std::vector<std::pair<std::string, nlohmann::json>> json_entries(std::string_view text);

/// A whole JSON file.
/// \throws model::SetupError if it is absent, empty or does not parse.
nlohmann::json read_json_file(const std::filesystem::path& path);

/// A field of a JSON object.
/// \throws model::SetupError "<where>: ..." if it is not there.
const nlohmann::json& json_field(const nlohmann::json& object, const std::string& name,
                                 const std::string& where);

/// A field that holds a text.
/// \throws model::SetupError "<where>: ..." if it is not there or holds something else.
std::string json_text(const nlohmann::json& object, const std::string& name,
                      const std::string& where);

}  // namespace mono::tasks
