#include "model/prefill/recorded_prefill.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <utility>

#include "kernels/row_copy.h"
#include "kernels/visual_embeddings.h"

namespace mono::model {
namespace {

/// Of each row, but for the last two.
enum PrefillNumber : int64_t {
  kId,     // -1: padding
  kPlace,  // as RoutedOrder
  kSource,
  kTextPlace,
  kVisualPlace,
  kVisualRow,  // of each image-context token
  kLast,       // one: the row of the prompt's last token
  kNumPrefillNumbers
};

constexpr int32_t kPadding = -1;

}  // namespace

RecordedPrefill::RecordedPrefill(const PrefillParts& parts, const PrefillShape& shape,
                                 KvCache cache, std::shared_ptr<kernels::RecordingPool> pool)
    : parts_(parts),
      shape_(shape),
      num_visual_(shape.num_tiles * parts.config.tokens_per_tile),
      cache_(std::move(cache)),
      pool_(std::move(pool)) {
  TORCH_CHECK(cache_.capacity() >= shape.num_rows && shape.num_rows % kPrefillGrain == 0 &&
                  num_visual_ <= shape.num_rows,
              "RecordedPrefill: ", shape.num_rows, " rows with ", num_visual_,
              " image-context tokens in a cache of ", cache_.capacity());
  const c10::InferenceMode no_gradients;
  const int64_t num_rows = shape.num_rows;
  const auto values = parts.decoder.weights().embeddings.options();
  const auto ints = values.dtype(at::kInt);
  const auto& config = parts.config;
  if (shape.num_tiles > 0) {
    pixels_ = at::zeros(
        {shape.num_tiles, config.vision.num_channels, config.image_size, config.image_size},
        values);
  }
  numbers_ = at::zeros({kNumPrefillNumbers, num_rows}, ints);
  host_numbers_ = std::make_unique<kernels::HostTwin>(numbers_);
  const int64_t num_text = num_rows - num_visual_;
  routing_ = {.text = {.begin = 0, .end = num_text, .count = num_text},
              .visual = {.begin = 0, .end = num_visual_, .count = num_visual_}};
  if (num_visual_ > 0 && num_text > 0) {
    routing_.order = {.place = numbers(kPlace),
                      .source = numbers(kSource),
                      .text = numbers(kTextPlace),
                      .visual = numbers(kVisualPlace)};
  }
  const auto table = parts.decoder.rotary_table(num_rows);
  cos_ = table.first_cos().slice(0, 0, num_rows);
  sin_ = table.first_sin().slice(0, 0, num_rows);
  slot_ = at::zeros({num_rows}, ints);
  position_ = at::arange(num_rows, ints);
  logits_ = at::zeros({1, config.language.vocab_size}, values.dtype(at::kFloat));
}

at::Tensor RecordedPrefill::operator()(std::span<const int64_t> input_ids,
                                       const at::Tensor& pixel_values) {
  const c10::InferenceMode no_gradients;
  write_numbers(input_ids);
  host_numbers_->send(0, kNumPrefillNumbers);
  if (shape_.num_tiles > 0) pixels_.copy_(pixel_values, /*non_blocking=*/true);
  if (!work_) {
    work_ = kernels::record_work(
        numbers_.device(), [this] { compute(); }, pool_);
  }
  (*work_)();
  return logits_.to(at::kCPU, /*non_blocking=*/false, /*copy=*/true);  // the next prompt's buffer
}

void RecordedPrefill::write_numbers(std::span<const int64_t> input_ids) {
  const auto num_tokens = static_cast<int64_t>(input_ids.size());
  TORCH_CHECK(0 < num_tokens && num_tokens <= shape_.num_rows, "RecordedPrefill: ", num_tokens,
              " tokens in ", shape_.num_rows, " rows");
  auto numbers = host_numbers_->values().accessor<int32_t, 2>();
  int32_t num_seen = 0;  // image-context tokens
  for (int32_t row = 0; row < shape_.num_rows; ++row) {
    const bool is_token = row < num_tokens;
    const int64_t id = is_token ? input_ids[static_cast<size_t>(row)] : kPadding;
    const bool is_visual = num_visual_ > 0 && id == parts_.image_context_id;
    const auto num_text = row - num_seen;
    const auto place = is_visual ? num_seen : static_cast<int32_t>(num_visual_) + num_text;
    TORCH_CHECK(place < (is_visual ? num_visual_ : shape_.num_rows), "RecordedPrefill: other than ",
                num_visual_, " image-context tokens");
    numbers[kId][row] = static_cast<int32_t>(id);
    numbers[kPlace][row] = place;
    numbers[kSource][place] = row;
    numbers[kTextPlace][row] = is_visual ? -1 : place;
    numbers[kVisualPlace][row] = is_visual ? place : -1;
    if (is_visual) numbers[kVisualRow][num_seen++] = row;
  }
  numbers[kLast][0] = static_cast<int32_t>(num_tokens) - 1;
}

// The passes of fused_prefill.cc and Model::pass, with nothing that depends on the host.
void RecordedPrefill::compute() const {
  const auto& decoder = parts_.decoder;
  const auto& embeddings = decoder.weights().embeddings;
  const auto buffers =
      make_layer_buffers(parts_.config.language, shape_.num_rows, embeddings.options());
  kernels::gather_rows_out(embeddings, numbers(kId), buffers.residual);
  if (shape_.num_tiles > 0) {
    kernels::place_visual_embeddings(buffers.residual, parts_.vision(pixels_, nullptr),
                                     numbers(kVisualRow).narrow(0, 0, num_visual_));
  }
  const auto row_plan = decoder.options().row_plan;
  const Products products{
      .affine = [&](const at::Tensor& x, const AffineWeights& weights, const at::Tensor& y) {
        kernels::linear_out(x, weights.weight, weights.bias, row_plan, y);
      }};
  const auto pending = (*decoder.fused_layers())(
      buffers, routing_, products,
      [&](size_t layer, const kernels::QkvViews& qkv, const at::Tensor& row) {
        return attend(layer, qkv, row);
      },
      nullptr);
  const auto last = numbers(kLast).narrow(0, 0, 1);
  const auto delta = pending.row.defined() ? pending.row.index_select(0, last) : last;
  const auto hidden_states =
      buffers.residual.index_select(0, last) + pending.rows.index_select(0, delta);
  logits_.copy_(decoder.logits(decoder.final_norm(hidden_states)));
}

at::Tensor RecordedPrefill::attend(size_t layer, const kernels::QkvViews& qkv,
                                   const at::Tensor& row) const {
  const auto& config = parts_.config.language;
  const auto& options = parts_.decoder.options();
  const auto q = at::empty({shape_.num_rows, config.num_heads, config.head_dim}, qkv.q.options());
  kernels::rotary_append(qkv, {}, cos_, sin_,
                         {.slot = slot_, .position = position_, .angle = position_, .row = row},
                         options.rounding, cache_.key_slot(layer), cache_.value_slot(layer), q);
  const auto keys = cache_.keys(layer, shape_.num_rows);
  const auto values = cache_.values(layer, shape_.num_rows);
  if (options.row_plan == kernels::RowPlan::kFree) {
    return kernels::causal_attention(q, keys, values, options.attention);
  }
  return kernels::causal_attention_in_blocks(q, keys, values, /*begin=*/0, options.attention);
}

}  // namespace mono::model
