#include "results/reference/published.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "results/reference/published_data.h"

namespace mono::results {

namespace {

using nlohmann::json;

const json& data() {
  static const json parsed = json::parse(published_data());
  return parsed;
}

bool is_same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool is_named(const std::string& main_name, const json& aliases, std::string_view name) {
  return is_same_name(main_name, name) ||
         std::any_of(aliases.begin(), aliases.end(), [&](const json& alias) {
           return is_same_name(alias.get_ref<const std::string&>(), name);
         });
}

}  // namespace

std::optional<PublishedValue> published(std::string_view model, std::string_view task) {
  for (const auto& entry : data().at("models")) {
    if (!is_named(entry.at("name"), entry.at("aliases"), model)) continue;
    for (const auto& [name, about] : data().at("tasks").items()) {
      const auto value = entry.at("values").find(name);
      if (value == entry.at("values").end() || !is_named(name, about.at("aliases"), task)) continue;
      return PublishedValue{.value = value->get<double>(),
                            .metric = about.at("metric"),
                            .split = about.at("split"),
                            .source = entry.at("source"),
                            .confidence = entry.at("confidence"),
                            .recipe = about.value("recipe", "")};
    }
  }
  return std::nullopt;
}

std::string published_recipe(std::string_view task) {
  for (const auto& [name, about] : data().at("tasks").items()) {
    if (is_named(name, about.at("aliases"), task)) return about.value("recipe", "");
  }
  return "";
}

std::vector<std::string> published_models() {
  std::vector<std::string> names;
  for (const auto& entry : data().at("models")) names.push_back(entry.at("name"));
  return names;
}

}  // namespace mono::results
