#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>

#include "kernels/decode_attention.h"
#include "kernels/few_row_linear.h"
#include "kernels/row_copy.h"
#include "kernels/token_rows.h"
#include "model/decoder/decode_batch.h"
#include "model/decoder/decode_numbers.h"

namespace mono::model {

std::vector<NextChoice> DecodeBatch::step(std::span<const NextToken> tokens, at::Tensor* logits) {
  const c10::InferenceMode no_gradients;
  std::vector<NextChoice> choices;
  std::vector<at::Tensor> parts;
  for (size_t begin = 0; begin < tokens.size(); begin += static_cast<size_t>(most_rows_)) {
    const auto some =
        tokens.subspan(begin, std::min(static_cast<size_t>(most_rows_), tokens.size() - begin));
    const auto chosen = step_some(some, logits == nullptr ? nullptr : &parts.emplace_back());
    choices.insert(choices.end(), chosen.begin(), chosen.end());
  }
  if (logits != nullptr) *logits = parts.size() == 1 ? parts.front() : at::cat(parts);
  for (const auto& token : tokens) ++slots_.at(static_cast<size_t>(token.slot)).length;
  return choices;
}

void DecodeBatch::write_numbers(std::span<const NextToken> tokens, int64_t num_rows) {
  auto numbers = host_numbers_.accessor<int32_t, 2>();
  for (int64_t row = 0; row < num_rows; ++row) {
    for (int64_t kind = 0; kind < kNumDecodeNumbers; ++kind) numbers[kind][row] = 0;
    numbers[kSlot][row] = -1;
    numbers[kStatus][row] = kRowIsPadding;
    if (row >= static_cast<int64_t>(tokens.size())) continue;
    const auto& token = tokens[static_cast<size_t>(row)];
    auto& slot = slots_.at(static_cast<size_t>(token.slot));
    TORCH_CHECK(slot.rotary && slot.length < capacity_, "DecodeBatch: slot ", token.slot, " with ",
                slot.length, " of ", capacity_, " tokens takes no other");
    numbers[kToken][row] = static_cast<int32_t>(token.token_id);
    numbers[kSlot][row] = token.slot;
    numbers[kPosition][row] = static_cast<int32_t>(slot.length);
    numbers[kAngle][row] = static_cast<int32_t>(slot.length);
    if (const auto beyond = slot.rotary->rows_beyond(slot.length, 1)) {
      const int64_t angle = num_angles_ + row;
      cos_[angle].copy_(beyond->first[0]);
      sin_[angle].copy_(beyond->second[0]);
      numbers[kAngle][row] = static_cast<int32_t>(angle);
    }
    numbers[kLength][row] = static_cast<int32_t>(slot.length + 1);
    numbers[kStatus][row] = kRowRuns;
  }
  numbers_.copy_(host_numbers_, /*non_blocking=*/true);
}

std::vector<NextChoice> DecodeBatch::step_some(std::span<const NextToken> tokens,
                                               at::Tensor* logits) {
  const auto count = static_cast<int64_t>(tokens.size());
  const int64_t num_rows = decode_rows(count);
  write_numbers(tokens, num_rows);
  int64_t longest = 0;
  std::vector<int64_t> is_visual(static_cast<size_t>(num_rows), 0);
  for (size_t row = 0; row < tokens.size(); ++row) {
    longest = std::max(longest, slots_[static_cast<size_t>(tokens[row].slot)].length + 1);
    is_visual[row] = tokens[row].is_visual ? 1 : 0;
  }
  const int64_t max_length = decode_length(longest, capacity_);
  if (std::find(is_visual.begin(), is_visual.end(), 1) != is_visual.end()) {
    compute(num_rows, max_length, kernels::route_by_token_id(is_visual, 1, numbers_.device()));
  } else {
    (*work_for(num_rows, max_length))();
  }
  if (logits != nullptr) {
    const auto rows = logits_.slice(0, 0, count).slice(1, 0, decoder_.config().vocab_size);
    *logits = at::empty(rows.sizes(), at::kFloat);  // the buffer is the next step's
    logits->copy_(rows.to(at::kFloat));
  }
  return choices(count);
}

kernels::RecordedWork* DecodeBatch::work_for(int64_t num_rows, int64_t max_length) {
  auto& work = works_[{num_rows, max_length}];
  if (!work) {
    const kernels::ExpertRouting all_text{.text = {.begin = 0, .end = num_rows, .count = num_rows}};
    work = kernels::record_work(numbers_.device(),
                                [=, this] { compute(num_rows, max_length, all_text); });
  }
  return work.get();
}

// Waits for the device.
std::vector<NextChoice> DecodeBatch::choices(int64_t count) const {
  const auto results = numbers_.slice(0, kStatus, kChosen + 1).to(at::kCPU);
  const auto rows = results.accessor<int32_t, 2>();
  std::vector<NextChoice> chosen;
  chosen.reserve(static_cast<size_t>(count));
  for (int64_t row = 0; row < count; ++row) {
    chosen.push_back({.token_id = rows[1][row], .is_number = rows[0][row] != kRowHasNoNumber});
  }
  return chosen;
}

void DecodeBatch::compute(int64_t num_rows, int64_t max_length,
                          const kernels::ExpertRouting& routing) const {
  const auto buffers = buffers_.first(num_rows);
  kernels::gather_rows_out(decoder_.weights().embeddings, numbers(kToken, num_rows),
                           buffers.residual);
  Products products{
      .affine = [&](const at::Tensor& x, const AffineWeights& weights, const at::Tensor& y) {
        decoder_.multiply_few_rows(x, weights, y);
      }};
  if (decoder_.streams(buffers.inner)) {
    products.gated = [&](const at::Tensor& x, const at::Tensor& gate_up, const at::Tensor& y) {
      kernels::few_row_swiglu_out(x, gate_up, kernels::WeightUse::kSettled,
                                  decoder_.options().rounding, y);
    };
  }
  const auto& layers = *decoder_.fused_layers();
  const auto pending = layers(
      buffers, routing, products,
      [&](size_t layer, const kernels::QkvViews& qkv, const at::Tensor& row) {
        return attend(layer, qkv, row, num_rows, max_length);
      },
      nullptr);
  layers.final_norm(buffers.residual, pending, buffers.normed);
  const auto logits = logits_.narrow(0, 0, num_rows);
  products.affine(buffers.normed, {.weight = decoder_.head()}, logits);
  kernels::argmax_tokens(logits.narrow(1, 0, decoder_.config().vocab_size),
                         {.token = numbers(kChosen, num_rows),
                          .generated = generated_.narrow(0, 0, num_rows),
                          .num_new = numbers(kNumNew, num_rows),
                          .max_new = max_new_.narrow(0, 0, num_rows),
                          .status = numbers(kStatus, num_rows),
                          .stop_ids = stop_ids_.narrow(0, 0, num_rows)},
                         choice_scratch_);
}

at::Tensor DecodeBatch::attend(size_t layer, const kernels::QkvViews& qkv, const at::Tensor& row,
                               int64_t num_rows, int64_t max_length) const {
  const auto keys = cache(layer, kKeys);
  const auto values = cache(layer, kValues);
  const auto mixed = mixed_.narrow(0, 0, num_rows);
  kernels::rotary_decode_attention_out(qkv, cos_, sin_,
                                       {.slot = numbers(kSlot, num_rows),
                                        .position = numbers(kPosition, num_rows),
                                        .angle = numbers(kAngle, num_rows),
                                        .row = row},
                                       decoder_.options().rounding, keys, values,
                                       numbers(kLength, num_rows), max_length, scratch_, mixed);
  return mixed;
}

}  // namespace mono::model
