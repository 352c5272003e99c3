#pragma once

#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/text/chat.h"
#include "tests/golden_rows.h"

// What the rows of golden/chat say, and how they shorten runs of image-context tokens.
namespace mono::tests {

/// A string, or a list in which a number n stands for n image-context tokens.
inline std::string expand_text(const nlohmann::json& text) {
  if (text.is_string()) return text;
  std::string whole;
  for (const auto& part : text) {
    if (part.is_string()) {
      whole += part.get_ref<const std::string&>();
      continue;
    }
    for (auto i = part.get<int64_t>(); i > 0; --i) whole += model::kImageContext;
  }
  return whole;
}

/// The call a row records.
inline model::ChatRequest read_request(const nlohmann::json& row) {
  model::ChatRequest request{.question = row.at("question"), .requires_all_images = false};
  if (row.contains("history")) {
    request.history.emplace();
    for (const auto& turn : row.at("history")) {
      request.history->push_back({expand_text(turn.at(0)), expand_text(turn.at(1))});
    }
  }
  if (row.contains("system_message")) request.system_message = row.at("system_message");
  request.num_tiles = row.value("tiles", 0);
  request.tiles_per_image = row.value("tiles_per_image", std::vector<int>());
  if (row.at("function") == "multi_image_chat") {
    request.placement = model::ImagePlacement::kNumberedBeforeQuestion;
  }
  return request;
}

/// The calls that a row of `batch_chat` records, one a question.
/// \throws std::runtime_error if there are more tile counts than questions, or fewer.
inline std::vector<model::ChatRequest> read_batch(const nlohmann::json& row) {
  const auto& questions = row.at("question");
  const auto& tiles = row.at("tiles_per_image");
  if (questions.size() != tiles.size()) throw std::runtime_error("a tile count for each question");
  std::vector<model::ChatRequest> requests;
  for (size_t i = 0; i < questions.size(); ++i) {
    auto single = row;
    single["question"] = questions[i];
    single["tiles"] = tiles[i];
    single.erase("tiles_per_image");
    requests.push_back(read_request(single));
  }
  return requests;
}

/// Ids in which [id, n] stands for n copies.
inline std::vector<int64_t> expand_ids(const nlohmann::json& ids) {
  std::vector<int64_t> whole;
  for (const auto& id : ids) {
    if (id.is_array()) {
      whole.insert(whole.end(), id.at(1).get<size_t>(), id.at(0).get<int64_t>());
    } else {
      whole.push_back(id.get<int64_t>());
    }
  }
  return whole;
}

/// Lower-case hex.
inline std::string sha256(const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

/// What is wrong with a row whose template the project does not know.
inline std::string no_template(const GoldenRow& row) {
  return row.where + ": unknown template " + row.fields.at("template").dump() + " of tree " +
         row.fields.at("tree").dump();
}

/// The template a row names; nothing if the project does not know it.
inline const model::ChatTemplate* known_template(const nlohmann::json& row) {
  const auto templates = model::chat_templates();
  const auto found = std::find_if(templates.begin(), templates.end(), [&](const auto& known) {
    return known.tree->name == row.at("tree").get_ref<const std::string&>() &&
           known.name == row.at("template").get_ref<const std::string&>();
  });
  return found == templates.end() ? nullptr : &*found;
}

}  // namespace mono::tests
