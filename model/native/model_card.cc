#include "model/native/model_card.h"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "model/adapter.h"
#include "model/config.h"
#include "model/native/card_facts.h"
#include "model/native/vocabulary_fault.h"
#include "model/text/chat.h"
#include "model/text/tokenizer.h"
#include "model/weights/checkpoint.h"
#include "model/weights/visual_experts.h"
#include "model/weights/weights.h"

namespace mono::model {

namespace {

/// Runs a step and keeps what it throws as a fault of the card.
void attempt(ModelCard& card, const std::function<void()>& step) {
  try {
    step();
  } catch (const SetupError& fault) {
    card.faults.emplace_back(fault.what());
  } catch (const UsageError& fault) {
    card.faults.emplace_back(fault.what());
  }
}

void add(ModelCard& card, const Facts& facts) {
  card.facts.insert(card.facts.end(), facts.begin(), facts.end());
}

void describe_weights(ModelCard& card, const std::filesystem::path& checkpoint,
                      const std::optional<ModelConfig>& config) {
  const auto tensors = read_checkpoint(checkpoint);
  const auto experts = visual_expert_names(checkpoint);
  if (config) card.facts.insert(card.facts.begin(), {"kind", kind_of(*config, tensors, experts)});
  add(card, facts_of(tensors, experts));
  if (!config) return;
  for (const auto& fault : weight_faults(checkpoint, *config)) {
    card.faults.push_back("weights: " + fault);
  }
}

const ChatTemplate* known_template(const std::string& name) {
  for (const auto& known : chat_templates()) {
    if (known.name == name && known.tree->name == kHubTree) return &known;
  }
  return nullptr;
}

void check_id(ModelCard& card, const Tokenizer& tokenizer, std::string_view token) {
  const auto id = tokenizer.token_id(token);
  if (!id) {
    card.faults.push_back(fmt::format("tokenizer: no token '{}'", token));
  } else {
    card.facts.emplace_back(fmt::format("id of {}", token), fmt::format("{}", *id));
  }
}

void describe_tokenizer(ModelCard& card, const Tokenizer& tokenizer,
                        const std::optional<ModelConfig>& config) {
  card.facts.emplace_back("tokenizer ids", fmt::format("{}", tokenizer.vocab_size()));
  for (const auto token : {kImageStart, kImageContext, kImageEnd}) check_id(card, tokenizer, token);
  if (!config) return;
  const auto misfit = vocabulary_fault(tokenizer, config->language);
  if (!misfit.empty()) card.faults.push_back(misfit);
  const auto image_context = tokenizer.token_id(kImageContext);
  if (config->image_context_id && image_context && *image_context != *config->image_context_id) {
    card.faults.push_back(fmt::format("config.json: image_token_id is {}, the tokenizer's {} is {}",
                                      *config->image_context_id, kImageContext, *image_context));
  }
  if (const auto* const chat_template = known_template(config->template_name)) {
    check_id(card, tokenizer, stop_token(*chat_template));
  }
}

}  // namespace

ModelCard model_card(const std::filesystem::path& checkpoint) {
  if (!std::filesystem::is_directory(checkpoint)) {
    fail(checkpoint.string(), ": no such checkpoint folder");
  }
  ModelCard card;
  const auto [config, faults] = inspect_config(checkpoint);
  card.faults = faults;
  if (config) {
    add(card, facts_of(*config));
    attempt(card, [&] { find_chat_template(config->template_name); });
  }
  attempt(card, [&] { describe_tokenizer(card, *load_tokenizer(checkpoint), config); });
  attempt(card, [&] { describe_weights(card, checkpoint, config); });
  return card;
}

nlohmann::ordered_json to_json(const ModelCard& card) {
  nlohmann::ordered_json json = {{"facts", nlohmann::ordered_json::object()},
                                 {"faults", card.faults}};
  for (const auto& [name, value] : card.facts) json["facts"][name] = value;
  return json;
}

}  // namespace mono::model
