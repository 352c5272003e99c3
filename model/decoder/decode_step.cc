// What a step of a DecodeBatch is on the device.
#include <ATen/ATen.h>

#include <algorithm>

#include "kernels/decode_attention.h"
#include "kernels/few_row_linear.h"
#include "kernels/row_copy.h"
#include "kernels/token_rows.h"
#include "model/decoder/decode_batch.h"
#include "model/decoder/decode_numbers.h"

namespace mono::model {

/// Starts a step.
kernels::HostTwin& DecodeBatch::start(std::span<const NextToken> tokens) {
  const int64_t num_rows = decode_rows(static_cast<int64_t>(tokens.size()));
  std::vector<Row> rows;
  std::vector<int64_t> is_visual(static_cast<size_t>(num_rows), 0);
  for (const auto& token : tokens) {
    is_visual[rows.size()] = token.is_visual ? 1 : 0;
    rows.push_back({.slot = token.slot,
                    .position = slots_.at(static_cast<size_t>(token.slot)).length,
                    .token_id = token.token_id});
  }
  auto& host_numbers = write_numbers(rows, num_rows);
  host_numbers.send(kToken, kNumDecodeNumbers);
  const int64_t max_length = decode_length(longest_of(rows), capacity_);
  if (std::find(is_visual.begin(), is_visual.end(), 1) != is_visual.end()) {
    compute(num_rows, max_length, kernels::route_by_token_id(is_visual, 1, numbers_.device()));
  } else {
    (*work_for(num_rows, max_length))();
  }
  host_numbers.fetch(kStatus, kChosen + 1);
  return host_numbers;
}

/// Starts the step behind the one that was started last. \returns null where it would have to be
/// recorded first, which takes memory and time that may be for nothing.
kernels::HostTwin* DecodeBatch::start_ahead(std::span<const Row> rows) {
  const int64_t num_rows = decode_rows(static_cast<int64_t>(rows.size()));
  const auto work = works_.find({num_rows, decode_length(longest_of(rows), capacity_)});
  if (work == works_.end() || !work->second) return nullptr;
  auto& host_numbers = write_numbers(rows, num_rows);
  host_numbers.send(kSource, kChosen);
  auto tokens = numbers(kToken, num_rows);
  at::index_select_out(tokens, numbers_.select(0, kChosen), 0, numbers(kSource, num_rows));
  (*work->second)();
  host_numbers.fetch(kStatus, kChosen + 1);
  return &host_numbers;
}

/// On the host, for the step whose turn it is.
kernels::HostTwin& DecodeBatch::write_numbers(std::span<const Row> rows, int64_t num_rows) {
  auto& twin = *host_numbers_[next_host_numbers_];
  next_host_numbers_ = 1 - next_host_numbers_;
  auto numbers = twin.values().accessor<int32_t, 2>();
  for (int64_t row = 0; row < num_rows; ++row) {
    for (int64_t kind = 0; kind < kNumDecodeNumbers; ++kind) numbers[kind][row] = 0;
    numbers[kSlot][row] = -1;
    numbers[kStatus][row] = kRowIsPadding;
    if (row >= static_cast<int64_t>(rows.size())) continue;
    const auto& of = rows[static_cast<size_t>(row)];
    auto& slot = slots_.at(static_cast<size_t>(of.slot));
    TORCH_CHECK(slot.rotary && of.position < capacity_, "DecodeBatch: slot ", of.slot, " with ",
                of.position, " of ", capacity_, " tokens takes no other");
    numbers[kToken][row] = static_cast<int32_t>(of.token_id);
    numbers[kSource][row] = static_cast<int32_t>(of.source);
    numbers[kSlot][row] = of.slot;
    numbers[kPosition][row] = static_cast<int32_t>(of.position);
    numbers[kAngle][row] = static_cast<int32_t>(of.position);
    if (const auto beyond = slot.rotary->rows_beyond(of.position, 1)) {
      const int64_t angle = num_angles_ + row;
      cos_[angle].copy_(beyond->first[0]);
      sin_[angle].copy_(beyond->second[0]);
      numbers[kAngle][row] = static_cast<int32_t>(angle);
    }
    numbers[kLength][row] = static_cast<int32_t>(of.position + 1);
    numbers[kStatus][row] = kRowRuns;
  }
  return twin;
}

/// Tokens of the longest sequence, with the one that is read.
int64_t DecodeBatch::longest_of(std::span<const Row> rows) {
  int64_t longest = 0;
  for (const auto& row : rows) longest = std::max(longest, row.position + 1);
  return longest;
}

/// Of the first rows of the last step; waits for the device.
at::Tensor DecodeBatch::logits_of(int64_t count) const {
  const auto rows = logits_.slice(0, 0, count).slice(1, 0, decoder_.config().vocab_size);
  auto logits = at::empty(rows.sizes(), at::kFloat);  // the buffer is the next step's
  logits.copy_(rows.to(at::kFloat));
  return logits;
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
