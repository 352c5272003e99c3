#include <ATen/ATen.h>

#include <string>

#include "model/weights/taking.h"

namespace mono::model {
namespace {

/// Takes the tensors of one layer; of the image-context tokens' own where `names` has a name.
class LayerTaker {
 public:
  LayerTaker(WeightTaker& taker, const LanguageConfig& config, std::string prefix)
      : taker_(taker), config_(config), prefix_(std::move(prefix)) {}

  bool has(const std::optional<std::string>& name) const {
    return name && taker_.has(prefix_ + *name + ".weight");
  }

  at::Tensor norm(const std::string& name) const {
    return taker_.take(prefix_ + name + ".weight", {config_.hidden_size});
  }

  AffineWeights qkv(const std::vector<std::string>& names) const {
    const int64_t q = config_.num_heads * config_.head_dim;
    const int64_t kv = config_.num_kv_heads * config_.head_dim;
    return take_stacked(taker_, prefix_, names, {q, kv, kv}, config_.hidden_size,
                        config_.has_qkv_bias);
  }

  AffineWeights out(const std::string& name) const {
    return take_affine(taker_, prefix_ + name,
                       {config_.hidden_size, config_.num_heads * config_.head_dim},
                       config_.has_output_bias);
  }

  FeedForwardWeights feed_forward(const std::vector<std::string>& gate_up,
                                  const std::string& down) const {
    const int64_t inner = config_.intermediate_size;
    FeedForwardWeights weights;
    weights.gate_up = take_stacked(taker_, prefix_, gate_up, std::vector<int64_t>(2, inner),
                                   config_.hidden_size, /*has_bias=*/false)
                          .weight;
    if (weights.gate_up.defined()) {
      weights.gate = weights.gate_up.slice(0, 0, inner);
      weights.up = weights.gate_up.slice(0, inner);
    }
    weights.down = taker_.take(prefix_ + down + ".weight", {config_.hidden_size, inner});
    return weights;
  }

 private:
  WeightTaker& taker_;
  const LanguageConfig& config_;
  std::string prefix_;
};

/// The experts of the image-context tokens. A layer that has one tensor of an attention expert must
/// have all that have a name.
void take_visual_experts(const LayerTaker& taker, const VisualExpertNames& names,
                         LayerWeights& weights) {
  weights.feed_forward.visual = taker.feed_forward({names.gate, names.up}, names.down);
  if (names.feed_forward_norm) {
    weights.feed_forward_norm.visual = taker.norm(*names.feed_forward_norm);
  }
  const bool has_attention =
      taker.has(names.attention_norm) || taker.has(names.qkv) || taker.has(names.out);
  if (!has_attention) return;
  if (names.attention_norm) weights.attention_norm.visual = taker.norm(*names.attention_norm);
  if (names.qkv) weights.qkv.visual = taker.qkv({*names.qkv});
  if (names.out) weights.out.visual = taker.out(*names.out);
}

LayerWeights layer(const LayerTaker& taker, const LanguageConfig& config,
                   const LanguageNames& names, const VisualExpertNames& visual) {
  LayerWeights weights{.attention_norm = {.text = taker.norm(names.attention_norm)},
                       .qkv = {.text = taker.qkv(names.qkv)},
                       .out = {.text = taker.out(names.out)},
                       .feed_forward_norm = {.text = taker.norm(names.feed_forward_norm)},
                       .feed_forward = {.text = taker.feed_forward(names.gate_up, names.down)}};
  if (config.has_visual_experts) take_visual_experts(taker, visual, weights);
  return weights;
}

}  // namespace

LanguageWeights take_language(WeightTaker& taker, const LanguageConfig& config,
                              const LanguageNames& names, const VisualExpertNames& visual) {
  const std::vector<int64_t> table{config.vocab_size, config.hidden_size};
  const auto embeddings = names.embeddings + ".weight", head = names.head + ".weight";
  LanguageWeights weights{.packing = names.packing,
                          .norm = taker.take(names.norm + ".weight", {config.hidden_size})};
  if (config.ties_embeddings && !taker.has(head)) {
    weights.embeddings = weights.head = taker.take(embeddings, table);
  } else {
    weights.embeddings = taker.take_table(embeddings, table);
    weights.head = taker.take(head, table);
  }
  for (int64_t i = 0; i < config.num_layers; ++i) {
    const LayerTaker layer_taker(taker, config, names.layers + std::to_string(i) + ".");
    weights.layers.push_back(layer(layer_taker, config, names, visual));
  }
  return weights;
}

}  // namespace mono::model
