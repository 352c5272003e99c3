#include "results/json_lines.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "model/json_text.h"

namespace mono::results {

using nlohmann::ordered_json;

namespace {

ordered_json parse_row(const std::string& text, const std::string& path, int line) {
  if (model::too_deep_at(text)) model::fail(path, ":", line, ": ", model::kTooDeep);
  ordered_json row;
  try {
    row = ordered_json::parse(text);
  } catch (const ordered_json::parse_error& cause) {
    model::fail(path, ":", line, ": expected a JSON object, got text that is none at byte ",
                cause.byte);
  } catch (const ordered_json::exception& cause) {  // a number beyond all doubles
    model::fail(path, ":", line, ": ", cause.what());
  }
  if (!row.is_object()) {
    model::fail(path, ":", line, ": expected a JSON object, got ", row.type_name());
  }
  return row;
}

bool is_finite(const ordered_json& value) {
  if (value.is_number_float()) return std::isfinite(value.get<double>());
  return !value.is_structured() || std::all_of(value.begin(), value.end(), is_finite);
}

}  // namespace

std::optional<TornLine> for_each_json_line(
    const std::filesystem::path& path, LastLine last_line,
    const std::function<void(int line, ordered_json row)>& on_row) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) model::fail(path.string(), ": cannot open");

  std::string text;
  int64_t offset = 0;
  for (int line = 1; std::getline(file, text); ++line) {
    const auto bytes = static_cast<int64_t>(text.size());
    if (file.eof() && last_line == LastLine::kMayBeTorn) {
      return TornLine{.line = line, .offset = offset, .bytes = bytes};
    }
    on_row(line, parse_row(text, path.string(), line));
    offset += bytes + 1;
  }
  if (file.bad()) model::fail(path.string(), ": cannot read");
  return std::nullopt;
}

std::string json_line(const ordered_json& row) {
  if (!row.is_object()) model::fail("a row must be a JSON object, got ", row.type_name());
  if (!is_finite(row)) model::fail("a row holds a number that is not finite: ", row.dump());
  try {
    return row.dump() + "\n";
  } catch (const ordered_json::exception& cause) {
    model::fail("a row cannot be written: ", cause.what());
  }
}

}  // namespace mono::results
