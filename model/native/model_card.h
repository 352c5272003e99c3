#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mono::model {

/// What was found in a checkpoint folder, and everything that is wrong with it.
struct ModelCard {
  std::vector<std::pair<std::string, std::string>> facts{};  // name and value, in reading order
  std::vector<std::string> faults{};                         // empty exactly when it can be run
};

/// Reads configuration, tokenizer and the names, dtypes and shapes of the weights. Every fault of
/// config.json is named, every token and every tensor that is missing or does not fit; a fault in
/// one part does not hide those of another.
/// \throws SetupError if the folder does not exist.
ModelCard model_card(const std::filesystem::path& checkpoint);

nlohmann::ordered_json to_json(const ModelCard& card);

}  // namespace mono::model
