#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "model/text/chat.h"
#include "model/text/tokenizer.h"

/// The checks of a prompts.json of the golden folder `model`: ids the reference's chat functions
/// gave to its model, and texts its tokenizer made of ids.
namespace mono::tests {

using PromptIds = std::vector<int64_t>;

inline void expect_history_and_response(const nlohmann::json& fields,
                                        const model::ChatTemplate& chat_template,
                                        const model::RenderedChat& rendered,
                                        const model::Tokenizer& tokenizer) {
  EXPECT_EQ(rendered.question, fields.at("new_history_question").get<std::string>());
  const std::string prefix = "response_for_ids_";
  for (const auto& [name, expected] : fields.items()) {
    if (!name.starts_with(prefix)) continue;
    PromptIds ids;
    std::istringstream digits(name.substr(prefix.size()));
    for (std::string id; std::getline(digits, id, '_');) ids.push_back(std::stoll(id));
    EXPECT_EQ(model::finish_response(tokenizer.decode(ids), chat_template),
              expected.get<std::string>());
  }
}

inline void check_single_prompt(const nlohmann::json& fields, int tokens_per_tile,
                                const model::ChatTemplate& chat_template,
                                const model::Tokenizer& tokenizer) {
  const auto tiles = fields.at("num_patches_list").get<std::vector<int>>();
  model::ChatRequest request{.question = fields.at("question"),
                             .tiles_per_image = tiles,
                             .tokens_per_tile = tokens_per_tile,
                             .requires_all_images = false};
  for (const int count : tiles) request.num_tiles += count;
  if (!fields.at("history").is_null()) {
    request.history.emplace();
    for (const auto& turn : fields.at("history")) {
      request.history->push_back({turn.at(0), turn.at(1)});
    }
  }
  const auto rendered = model::render_chat(chat_template, request);
  EXPECT_EQ(tokenizer.encode(rendered.prompt), fields.at("input_ids").get<PromptIds>());
  expect_history_and_response(fields, chat_template, rendered, tokenizer);
}

inline void check_batch_of_prompts(const nlohmann::json& fields, int tokens_per_tile,
                                   const model::ChatTemplate& chat_template,
                                   const model::Tokenizer& tokenizer) {
  const auto tiles = fields.at("num_patches_list").get<std::vector<int>>();
  std::vector<PromptIds> prompts;
  for (size_t i = 0; i < tiles.size(); ++i) {
    const auto rendered =
        model::render_chat(chat_template, {.question = fields.at("questions").at(i),
                                           .num_tiles = tiles[i],
                                           .tokens_per_tile = tokens_per_tile});
    prompts.push_back(tokenizer.encode(rendered.prompt));
  }
  const auto batch = model::pad_left(prompts, tokenizer.pad_id());
  EXPECT_EQ(batch.input_ids, fields.at("input_ids").get<std::vector<PromptIds>>());
  for (size_t i = 0; i < tiles.size(); ++i) {
    const auto mask = fields.at("attention_mask").at(i).get<PromptIds>();
    EXPECT_EQ(std::count(mask.begin(), mask.end(), 0), batch.attention_zeros.at(i)) << "row " << i;
  }
}

inline void check_prompt_case(const nlohmann::json& fields, int tokens_per_tile,
                              const model::Tokenizer& tokenizer) {
  const auto& chat_template = model::find_chat_template(fields.at("template").get<std::string>());
  EXPECT_EQ(tokenizer.token_id(model::stop_token(chat_template)),
            fields.at("eos_token_id").get<int64_t>());
  if (fields.contains("questions")) {
    check_batch_of_prompts(fields, tokens_per_tile, chat_template, tokenizer);
  } else {
    check_single_prompt(fields, tokens_per_tile, chat_template, tokenizer);
  }
}

inline void check_decoded(const nlohmann::json& vectors, const model::Tokenizer& tokenizer) {
  ASSERT_FALSE(vectors.empty());
  for (const auto& vector : vectors) {
    EXPECT_EQ(tokenizer.decode(vector.at("ids").get<PromptIds>()),
              vector.at("text").get<std::string>())
        << vector.at("ids");
  }
}

}  // namespace mono::tests
