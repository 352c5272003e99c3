#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "kernels/attention.h"
#include "kernels/expert_routing.h"
#include "kernels/linear.h"
#include "kernels/rounding.h"
#include "model/config.h"
#include "model/decoder/state.h"
#include "model/trace.h"
#include "model/weights/weights.h"

namespace mono::model {

/// How a decoder computes; the weights' dtype and device decide the rest.
struct DecoderOptions {
  kernels::AttentionKind attention = kernels::AttentionKind::kFused;
  kernels::RowPlan row_plan = kernels::RowPlan::kChunked;  // of passes over prompts
  bool is_fused = false;  // passes go through the fused operators (fused_layers.h)
  kernels::Rounding rounding = kernels::Rounding::kParity;  // of those operators
};

/// The rows of a packed pass that belong to one sequence, in the pass's order.
struct Stretch {
  DecoderState* state = nullptr;  // what the tokens follow; grows by them
  int64_t num_tokens = 0;
};

/// Whose tokens a pass reads. Deterministic bits: a prompt's token is never one of an answer, so
/// the two may be multiplied in different ways.
enum class TokensOf { kPrompts, kAnswers };

/// Sees the residual stream [num_tokens, hidden_size] after each layer.
using LayerTrace = std::function<void(size_t layer, const at::Tensor& hidden_states)>;

class FusedLayers;

/// The language model. One pass over tokens that follow the state's:
///
///   h += out(attention(rms_norm(h)));   h += feed_forward(rms_norm(h));   logits = head(norm(h))
///
/// One block for every family: what differs is how q, k and v are packed, which projections have a
/// bias, the rotary embedding, and which weights the image-context tokens have of their own. Every
/// expert of every pass is chosen by token id. Residuals are in the weights' dtype.
class Decoder {
 public:
  Decoder(const LanguageConfig& config, LanguageWeights weights, const DecoderOptions& options);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  const LanguageConfig& config() const { return config_; }
  const LanguageWeights& weights() const { return weights_; }
  const DecoderOptions& options() const { return options_; }

  /// Null unless the passes are fused.
  const FusedLayers* fused_layers() const { return fused_layers_.get(); }

  /// The head, [vocab_size rounded up to a multiple of 8, hidden_size] where the passes are fused:
  /// its products then have rows of whole 16 bytes; what is behind vocab_size means nothing.
  const at::Tensor& head() const { return head_; }

  /// Whether products of so many rows, each with weights that are read once, are few_row_linear's.
  bool streams(const at::Tensor& rows) const;

  /// y = x weight^T + bias of at most kRowsPerChunk tokens of answers, or last tokens of prompts.
  void multiply_few_rows(const at::Tensor& x, const AffineWeights& weights,
                         const at::Tensor& y) const;

  /// A table for a sequence of so many positions; the first one is shared by all that ask.
  RotaryTable rotary_table(int64_t num_positions) const;

  /// An empty state that can take `capacity` tokens, with a rotary table for `num_positions` of
  /// them, or of those of its forks.
  DecoderState start(int64_t capacity, int64_t num_positions) const;
  DecoderState start(int64_t capacity) const { return start(capacity, capacity); }

  /// [num_tokens, hidden_size] of token ids.
  at::Tensor embed(std::span<const int64_t> input_ids) const;

  /// Reads tokens of several sequences in one pass; each attends to its own sequence alone.
  /// \param embeddings  [num_tokens, hidden_size], one sequence behind the other
  /// \param stretches   whose they are; their counts add up to num_tokens
  /// \param trace       sees keys and values only where there is one stretch
  /// \returns           [num_tokens, hidden_size], the residual stream after the last layer
  at::Tensor forward(const at::Tensor& embeddings, const kernels::ExpertRouting& routing,
                     std::span<const Stretch> stretches, const TraceSink& trace,
                     TokensOf tokens_of = TokensOf::kPrompts) const;

  /// Reads tokens of one sequence.
  at::Tensor forward(const at::Tensor& embeddings, const kernels::ExpertRouting& routing,
                     DecoderState& state, const TraceSink& trace,
                     TokensOf tokens_of = TokensOf::kPrompts) const;

  /// [num_rows, hidden_size] -> the same, after the final norm.
  at::Tensor final_norm(const at::Tensor& hidden_states) const;

  /// [num_rows, hidden_size], after the final norm -> fp32 [num_rows, vocab_size].
  at::Tensor logits(const at::Tensor& normalised) const;

 private:
  struct Pass;
  struct Heads;

  at::Tensor plain_forward(const at::Tensor& embeddings, const Pass& pass,
                           const LayerTrace& after_layer) const;
  at::Tensor attention(const at::Tensor& x, size_t layer, const Pass& pass) const;
  at::Tensor feed_forward(const at::Tensor& x, const LayerWeights& layer, const Pass& pass) const;
  at::Tensor few_rows_product(const at::Tensor& x, const AffineWeights& weights) const;
  Heads split_heads(const at::Tensor& qkv) const;
  at::Tensor norm(const at::Tensor& x, const ByModality<at::Tensor>& weight,
                  const Pass& pass) const;
  at::Tensor project(const at::Tensor& x, const AffineWeights& weights, TokensOf tokens_of) const;

  LanguageConfig config_;
  LanguageWeights weights_;
  DecoderOptions options_;
  at::Tensor head_;
  std::unique_ptr<const FusedLayers> fused_layers_{};
  mutable std::mutex tables_mutex_{};
  mutable std::optional<RotaryTable> longest_table_{};  // made so far
};

}  // namespace mono::model
