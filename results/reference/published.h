#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mono::results {

/// A number somebody printed, and where.
struct PublishedValue {
  double value = 0;          // on the scale of `metric`
  std::string metric{};      // with its unit: "ANLS, %"
  std::string split{};       // of the data
  std::string source{};      // document and table
  std::string confidence{};  // "read:primary": read in the authors' own document
  std::string recipe{};      // the profile it most likely came from (inferred); "" for averages
};

/// The published number of a model on a task; nothing if none is known.
/// \param model  Whatever its case: "Mono-InternVL-2B", "InternVL-1.5-2B" or one of their aliases.
/// \param task   A task's name, or `general9` and `vqa7`, the averages of the table.
std::optional<PublishedValue> published(std::string_view model, std::string_view task);

/// The profile that a task's published numbers most likely came from (inferred); "" if not known.
std::string published_recipe(std::string_view task);

/// The models of which numbers are known, by their main names.
std::vector<std::string> published_models();

}  // namespace mono::results
