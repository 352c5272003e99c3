#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

#include "kernels/expert_routing.h"
#include "kernels/rotary_append.h"
#include "kernels/rounding.h"
#include "model/config.h"
#include "model/weights/weights.h"

namespace mono::model {

/// What the layers of a pass write to; [num_rows, width] each.
struct LayerBuffers {
  at::Tensor residual{};  // width hidden_size: in, the embeddings; in the sequence's order
  at::Tensor normed{};    // hidden_size
  at::Tensor qkv{};       // (num_heads + 2 num_kv_heads) head_dim
  at::Tensor routed{};    // num_heads head_dim
  at::Tensor delta{};     // hidden_size
  at::Tensor gate_up{};   // 2 intermediate_size
  at::Tensor inner{};     // intermediate_size

  /// The first rows of each.
  LayerBuffers first(int64_t num_rows) const;
};

LayerBuffers make_layer_buffers(const LanguageConfig& config, int64_t num_rows,
                                const at::TensorOptions& options);

/// How a pass multiplies.
struct Products {
  /// y = x weight^T + bias
  std::function<void(const at::Tensor& x, const AffineWeights&, const at::Tensor& y)> affine{};
  /// y = swiglu of both halves of x gate_up^T in one step. Null: that is an affine product and a
  /// step of its own.
  std::function<void(const at::Tensor& x, const at::Tensor& gate_up, const at::Tensor& y)> gated{};
};

/// Queries, keys and values of a pass on their way to the attention: rotates, appends, attends.
/// \param qkv  [.., ..]: one row a token, where `row` says
/// \param row  int32 [num_rows], or undefined for "row i"
/// \returns    [num_rows, num_heads * head_dim], in the sequence's order
using Attend =
    std::function<at::Tensor(size_t layer, const kernels::QkvViews& qkv, const at::Tensor& row)>;

/// What the last layer left to be added to the residual stream.
struct PendingDelta {
  at::Tensor rows{};  // [num_rows, hidden_size]
  at::Tensor row{};   // int32 [num_rows]: which of them; undefined for "row i"
};

/// The decoder's layers through the fused operators: each adds what the one before left, normalises
/// and sends every row to its expert's place in one step, so that an expert's rows lie together and
/// each product of weights runs once a pass.
///
/// Formula and rounding: decoder.h. Option (a') of the routed feed-forward: the permutation costs
/// no pass of its own over the rows, but for the attention's output where that has experts.
class FusedLayers {
 public:
  /// Config and weights are kept by reference.
  FusedLayers(const LanguageConfig& config, const LanguageWeights& weights,
              kernels::Rounding rounding);

  /// Called after each layer with what is pending.
  using AfterLayer = std::function<void(size_t layer, const PendingDelta&)>;

  /// \param after_layer  or null
  PendingDelta operator()(const LayerBuffers& buffers, const kernels::ExpertRouting& routing,
                          const Products& products, const Attend& attend,
                          const AfterLayer& after_layer) const;

  /// The final norm of residual and pending delta.
  /// \param out  [num_rows, hidden_size]
  void final_norm(const at::Tensor& residual, const PendingDelta& pending,
                  const at::Tensor& out) const;

 private:
  struct Step;

  void norm(const Step& step, const PendingDelta& pending, const ByModality<at::Tensor>& weight,
            bool is_routed) const;
  template <typename Product>
  static void by_expert(const Step& step, const at::Tensor& x,
                        const ByModality<AffineWeights>& weights, const at::Tensor& y,
                        const Product& product);
  void multiply(const Step& step, const at::Tensor& x, const ByModality<AffineWeights>& weights,
                const at::Tensor& y) const;
  void gate(const Step& step, const LayerWeights& layer) const;
  PendingDelta attention(const Step& step, size_t layer, const Attend& attend) const;
  PendingDelta feed_forward(const Step& step, const LayerWeights& layer) const;

  const LanguageConfig& config_;
  const LanguageWeights& weights_;
  kernels::Rounding rounding_;
};

}  // namespace mono::model
