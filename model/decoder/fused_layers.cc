#include "model/decoder/fused_layers.h"

#include <ATen/ATen.h>

#include "kernels/add_rms_norm.h"
#include "kernels/row_copy.h"
#include "kernels/side_stream.h"
#include "kernels/swiglu.h"

namespace mono::model {

/// What the steps of one pass share.
struct FusedLayers::Step {
  const LayerBuffers& buffers;
  const kernels::ExpertRouting& routing;
  const Products& products;

  int64_t num_rows() const { return buffers.residual.size(0); }
  const at::Tensor& place() const {
    static const at::Tensor none;
    return routing.order ? routing.order->place : none;
  }
};

LayerBuffers make_layer_buffers(const LanguageConfig& config, int64_t num_rows,
                                const at::TensorOptions& options) {
  const auto rows_of = [&](int64_t width) { return at::empty({num_rows, width}, options); };
  const int64_t q_width = config.num_heads * config.head_dim;
  return {.residual = rows_of(config.hidden_size),
          .normed = rows_of(config.hidden_size),
          .qkv = rows_of(q_width + 2 * config.num_kv_heads * config.head_dim),
          .routed = rows_of(q_width),
          .delta = rows_of(config.hidden_size),
          .gate_up = rows_of(2 * config.intermediate_size),
          .inner = rows_of(config.intermediate_size)};
}

LayerBuffers LayerBuffers::first(int64_t num_rows) const {
  const auto rows_of = [&](const at::Tensor& tensor) { return tensor.narrow(0, 0, num_rows); };
  return {.residual = rows_of(residual),
          .normed = rows_of(normed),
          .qkv = rows_of(qkv),
          .routed = rows_of(routed),
          .delta = rows_of(delta),
          .gate_up = rows_of(gate_up),
          .inner = rows_of(inner)};
}

namespace {

ByModality<AffineWeights> part_of(const LayerWeights& layer,
                                  const at::Tensor FeedForwardWeights::*member) {
  ByModality<AffineWeights> weights{.text = {.weight = layer.feed_forward.text.*member}};
  if (layer.feed_forward.visual) weights.visual = {.weight = *layer.feed_forward.visual.*member};
  return weights;
}

// Whether the attention's input lies in the order of the experts.
bool is_routed_before(const LayerWeights& layer) {
  return layer.attention_norm.visual || layer.qkv.visual;
}

}  // namespace

FusedLayers::FusedLayers(const LanguageConfig& config, const LanguageWeights& weights,
                         kernels::Rounding rounding)
    : config_(config), weights_(weights), rounding_(rounding) {}

void FusedLayers::norm(const Step& step, const PendingDelta& pending,
                       const ByModality<at::Tensor>& weight, bool is_routed) const {
  const auto add_norm = [&](const at::Tensor& delta, const at::Tensor& scale,
                            const at::Tensor& to) {
    kernels::add_rms_norm_out(step.buffers.residual, delta, scale, config_.rms_norm_epsilon,
                              {.delta = delta.defined() ? pending.row : at::Tensor(), .out = to},
                              rounding_, step.buffers.normed);
  };
  const auto& order = step.routing.order;
  if (!weight.visual || !order) {
    const bool is_visual = weight.visual && step.routing.text.count == 0;
    return add_norm(pending.rows, is_visual ? *weight.visual : weight.text,
                    is_routed ? step.place() : at::Tensor());
  }
  add_norm(pending.rows, weight.text, order->text);
  add_norm({}, *weight.visual, order->visual);
}

// Calls product(x, weights, y) on the rows of each expert that has some.
template <typename Product>
void FusedLayers::by_expert(const Step& step, const at::Tensor& x,
                            const ByModality<AffineWeights>& weights, const at::Tensor& y,
                            const Product& product) {
  const auto some = [&](int64_t begin, int64_t end, const AffineWeights& affine) {
    const int64_t count = end - begin;
    if (count > 0) product(x.narrow(0, begin, count), affine, y.narrow(0, begin, count));
  };
  const int64_t num_visual = weights.visual ? step.routing.visual.count : 0;
  const auto text = [&] { some(num_visual, step.num_rows(), weights.text); };
  if (num_visual == 0 || num_visual == step.num_rows()) {
    if (num_visual > 0) some(0, num_visual, *weights.visual);
    return text();
  }
  kernels::do_side_by_side(
      x.device(), [&] { some(0, num_visual, *weights.visual); }, text);
}

void FusedLayers::multiply(const Step& step, const at::Tensor& x,
                           const ByModality<AffineWeights>& weights, const at::Tensor& y) const {
  by_expert(step, x, weights, y, step.products.affine);
}

// inner = silu(gate) * up of the normalised rows.
void FusedLayers::gate(const Step& step, const LayerWeights& layer) const {
  const auto& buffers = step.buffers;
  const auto part = [&](const at::Tensor FeedForwardWeights::*member) {
    return part_of(layer, member);
  };
  if (step.products.gated) {
    return by_expert(step, buffers.normed, part(&FeedForwardWeights::gate_up), buffers.inner,
                     [&](const at::Tensor& x, const AffineWeights& gate_up, const at::Tensor& y) {
                       step.products.gated(x, gate_up.weight, y);
                     });
  }
  multiply(step, buffers.normed, part(&FeedForwardWeights::gate_up), buffers.gate_up);
  kernels::swiglu_out(buffers.gate_up, rounding_, buffers.inner);
}

PendingDelta FusedLayers::attention(const Step& step, size_t layer, const Attend& attend) const {
  const auto& weights = weights_.layers[layer];
  const auto& buffers = step.buffers;
  multiply(step, buffers.normed, weights.qkv, buffers.qkv);
  const auto qkv =
      weights_.packing == QkvPacking::kStacked
          ? kernels::split_joined_qkv(buffers.qkv, config_.num_kv_heads, config_.head_dim)
          : kernels::split_grouped_qkv(buffers.qkv, config_.num_kv_heads, config_.head_dim);
  const auto mixed = attend(layer, qkv, is_routed_before(weights) ? step.place() : at::Tensor());
  const bool is_routed = weights.out.visual && step.routing.order;
  if (is_routed) {
    kernels::gather_rows_out(mixed, step.routing.order->source, buffers.routed);
  }
  multiply(step, is_routed ? buffers.routed : mixed, weights.out, buffers.delta);
  return {.rows = buffers.delta, .row = is_routed ? step.place() : at::Tensor()};
}

PendingDelta FusedLayers::feed_forward(const Step& step, const LayerWeights& layer) const {
  gate(step, layer);
  multiply(step, step.buffers.inner, part_of(layer, &FeedForwardWeights::down), step.buffers.delta);
  return {.rows = step.buffers.delta,
          .row = layer.feed_forward.visual ? step.place() : at::Tensor()};
}

PendingDelta FusedLayers::operator()(const LayerBuffers& buffers,
                                     const kernels::ExpertRouting& routing,
                                     const Products& products, const Attend& attend,
                                     const AfterLayer& after_layer) const {
  const Step step{.buffers = buffers, .routing = routing, .products = products};
  PendingDelta pending;
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    const auto& layer = weights_.layers[i];
    norm(step, pending, layer.attention_norm, is_routed_before(layer));
    pending = attention(step, i, attend);
    norm(step, pending, layer.feed_forward_norm, layer.feed_forward.visual.has_value());
    pending = feed_forward(step, layer);
    if (after_layer) after_layer(i, pending);
  }
  return pending;
}

void FusedLayers::final_norm(const at::Tensor& residual, const PendingDelta& pending,
                             const at::Tensor& out) const {
  kernels::add_rms_norm_out(residual, pending.rows, weights_.norm, config_.rms_norm_epsilon,
                            {.delta = pending.row}, rounding_, out);
}

}  // namespace mono::model
