#include "results/differences.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace mono::results {

using nlohmann::ordered_json;

namespace {

std::string shown(const ordered_json& object, const std::string& key) {
  const auto field = object.find(key);
  if (field == object.end()) return "none";
  return field->is_string() ? field->get<std::string>() : field->dump();
}

struct Part {
  const char* name;
  std::vector<std::string> keys;
};
// What decides how long things take; an update of the kernel or a little more memory does not.
const Part kParts[] = {
    {"machine", {"cpu", "logical_cores", "cpu_peak_clock_khz", "cpu_governor"}},
    {"device", {"name", "peak_clock_khz", "peak_memory_clock_khz"}},
};

/// The differing fields of one part of two environments.
void add_part(const Part& which, const ordered_json& base, const ordered_json& next,
              std::vector<std::string>& lines) {
  const auto empty = ordered_json::object();
  const auto* const part = which.name;
  const auto& before = base.contains(part) && base[part].is_object() ? base[part] : empty;
  const auto& now = next.contains(part) && next[part].is_object() ? next[part] : empty;
  for (const auto& key : which.keys) {
    add_difference(std::string(part) + "." + key, shown(before, key), shown(now, key), lines);
  }
}

/// "machine.cpu: A -> B": what tells the first machine that differs from this one; "" if none does.
std::string first_difference(const ordered_json& one, std::span<const ordered_json> others) {
  std::vector<std::string> lines;
  for (const auto& other : others) {
    for (const auto& part : kParts) add_part(part, one, other, lines);
  }
  return lines.empty() ? "" : lines.front();
}

}  // namespace

void add_difference(std::string_view what, std::string_view before, std::string_view now,
                    std::vector<std::string>& lines) {
  if (before == now) return;
  std::string line(what);
  line.append(": ").append(before).append(" -> ").append(now);
  if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
}

void add_differences(const ordered_json& base_header, const ordered_json& next_header,
                     std::vector<std::string>& lines) {
  std::set<std::string> keys = {"adapter"};
  for (const auto* const header : {&base_header, &next_header}) {
    for (const auto& [key, value] : header->items()) {
      if (key.starts_with("model_")) keys.insert(key);
    }
  }
  for (const auto& key : keys) {
    add_difference(key, shown(base_header, key), shown(next_header, key), lines);
  }
}

std::string machine_difference(std::span<const ordered_json> base,
                               std::span<const ordered_json> next) {
  if (base.empty() && next.empty()) return "the machines of both runs are not on record";
  if (base.empty() || next.empty()) return "the machine of one run is not on record";
  if (const auto found = first_difference(base.front(), base); !found.empty()) {
    return "the baseline was made on different machines: " + found;
  }
  if (const auto found = first_difference(next.front(), next); !found.empty()) {
    return "the new run was made on different machines: " + found;
  }
  const auto found = first_difference(base.front(), next);
  return found.empty() ? "" : "made on different machines: " + found;
}

}  // namespace mono::results
