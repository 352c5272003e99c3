#include "model/native/model_card.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "model/config.h"
#include "model/engine.h"
#include "model/text/chat.h"
#include "model/text/tokenizer.h"
#include "model/weights/checkpoint.h"

namespace mono::model {

namespace {

/// Runs a step and keeps what it throws as a fault of the card.
bool attempt(ModelCard& card, const std::function<void()>& step) {
  try {
    step();
    return true;
  } catch (const SetupError& fault) {
    card.faults.emplace_back(fault.what());
  } catch (const UsageError& fault) {
    card.faults.emplace_back(fault.what());
  }
  return false;
}

void describe_config(ModelCard& card, const ModelConfig& config) {
  const auto& language = config.language;
  card.facts.insert(
      card.facts.end(),
      {{"language model", std::string(name_of(language.architecture))},
       {"hidden size, layers", fmt::format("{}, {}", language.hidden_size, language.num_layers)},
       {"heads, kv heads, head size",
        fmt::format("{}, {}, {}", language.num_heads, language.num_kv_heads, language.head_dim)},
       {"intermediate size", fmt::format("{}", language.intermediate_size)},
       {"vocabulary", fmt::format("{}", language.vocab_size)},
       {"tile, patch (pixels)", fmt::format("{}, {}", config.image_size, config.vision.patch_size)},
       {"image tokens per tile", fmt::format("{}", config.tokens_per_tile)},
       {"chat template", config.template_name}});
}

/// The part of the model a tensor belongs to.
std::string part_of(const std::string& name) {
  if (name.find("feed_forward_ve.") != std::string::npos) return "visual experts";
  if (name.starts_with("vision_model.")) return "vision";
  if (name.starts_with("mlp1.")) return "projector";
  return "language model";
}

void describe_weights(ModelCard& card, const StoredTensors& tensors) {
  std::map<std::string, int64_t> by_part, by_dtype;
  int64_t total = 0;
  for (const auto& [name, tensor] : tensors) {
    int64_t count = 1;
    for (const auto size : tensor.shape) count *= size;
    by_part[part_of(name)] += count;
    by_dtype[tensor.dtype] += count;
    total += count;
  }
  card.facts.emplace_back("parameters", fmt::format("{} in {} tensors", total, tensors.size()));
  for (const auto& [part, count] : by_part) {
    card.facts.emplace_back("  " + part, fmt::format("{}", count));
  }
  for (const auto& [dtype, count] : by_dtype) {
    card.facts.emplace_back("stored as " + dtype, fmt::format("{} parameters", count));
  }
  constexpr double kMebibyte = 1 << 20;
  card.facts.emplace_back("memory in bf16", fmt::format("{:.1f} MiB", 2.0 * total / kMebibyte));
  card.facts.emplace_back("memory in fp32", fmt::format("{:.1f} MiB", 4.0 * total / kMebibyte));
}

void describe_tokenizer(ModelCard& card, const Tokenizer& tokenizer) {
  card.facts.emplace_back("tokenizer ids", fmt::format("{}", tokenizer.vocab_size()));
  for (const auto token : {kImageStart, kImageContext, kImageEnd}) {
    const auto id = tokenizer.token_id(token);
    if (!id) {
      card.faults.push_back("tokenizer: no token '" + std::string(token) + "'");
    } else {
      card.facts.emplace_back("id of " + std::string(token), fmt::format("{}", *id));
    }
  }
}

}  // namespace

ModelCard model_card(const std::filesystem::path& checkpoint) {
  if (!std::filesystem::is_directory(checkpoint)) {
    fail(checkpoint.string(), ": no such checkpoint folder");
  }
  ModelCard card;
  attempt(card, [&] {
    const auto config = read_config(checkpoint);
    describe_config(card, config);
    find_chat_template(config.template_name);
  });
  std::unique_ptr<Tokenizer> tokenizer;
  attempt(card, [&] {
    tokenizer = load_tokenizer(checkpoint);
    describe_tokenizer(card, *tokenizer);
  });
  attempt(card, [&] { describe_weights(card, read_checkpoint(checkpoint)); });
  if (card.faults.empty()) {
    // Whether every tensor is there in the right shape only loading tells.
    attempt(card, [&] { Engine(checkpoint, *tokenizer->token_id(kImageContext), {}); });
  }
  return card;
}

nlohmann::ordered_json to_json(const ModelCard& card) {
  nlohmann::ordered_json json = {{"facts", nlohmann::ordered_json::object()},
                                 {"faults", card.faults}};
  for (const auto& [name, value] : card.facts) json["facts"][name] = value;
  return json;
}

}  // namespace mono::model
