#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/row_status.h"

namespace mono::kernels {

/// What a decoding batch carries from step to step; everything dense, int32 unless said, on the
/// logits' device. A row that is not kRunning keeps everything, so a graph may run on past its end;
/// rows that pad a batch are given as ended.
struct TokenRows {
  at::Tensor token{};      // [num_rows]: the newest token, which the next step reads
  at::Tensor generated{};  // [num_rows, capacity]: all new tokens
  at::Tensor num_new{};    // [num_rows]: how many
  at::Tensor max_new{};    // [num_rows]: at most capacity
  at::Tensor status{};     // [num_rows]: RowStatus
  at::Tensor stop_ids{};   // [num_rows, num_stop_ids]: negative for none

  at::Tensor min_new{};   // [num_rows]: no stop id before so many tokens; undefined: 0
  at::Tensor position{};  // [num_rows]: grows by 1 for a row that takes a token; or undefined
  at::Tensor length{};    // likewise
  at::Tensor penalty{};   // float [num_rows], above 0: repetition penalty; undefined: none
  at::Tensor seen{};      // [num_rows, ceil(vocab_size / 32)], beside penalty: bit i % 32 of word
                          // i / 32 says that id i is penalised; takes the new tokens
};

/// Takes the id of each running row's largest logit, the lowest of equal ones; NaN never wins.
///
///   x[i] = seen(i) ? (logits[i] < 0 ? logits[i] * penalty : logits[i] / penalty) : logits[i]
///   x[i] = -infinity for stop ids while num_new < min_new
///   token = argmax(x);   generated[num_new] = token;   ++num_new, ++position, ++length
///
/// then sets `status` if the token is a stop id, or the last one.
///
/// \param logits   [num_rows, vocab_size], rows dense; float or bf16; the arithmetic is fp32.
/// \param scratch  int32, dense, at least `argmax_scratch(num_rows)` elements, all 0 before the
///                 first call; what a call leaves serves the next one behind it, of any shape.
/// \throws c10::Error if a shape, dtype or device differs from the above.
///
/// Formula: Keskar et al. 2019, arXiv:1909.05858, section 4.1, with the sign rule of
/// huggingface/transformers v4.37.2, generation/logits_process.py.
void argmax_tokens(const at::Tensor& logits, const TokenRows& rows, const at::Tensor& scratch);

int64_t argmax_scratch(int64_t num_rows);

/// How each row draws; on the logits' device.
struct SamplingRules {
  at::Tensor temperature{};  // float [num_rows], above 0
  at::Tensor top_k{};        // int32 [num_rows]; 0: all
  at::Tensor top_p{};        // double [num_rows]; 1: all
  at::Tensor seed{};         // int64 [num_rows]
};

/// Draws each running row's token. With x as for `argmax_tokens`, divided by temperature:
///
///   kept: the top_k largest and those equal to the least of them
///   w[i] = round(2^31 exp(x[i] - max(x))) where kept, else 0
///   from the least likely up (of equal ones the higher ids first) w is set to 0 while the sum of
///   what was set so stays <= (1 - top_p) * sum(w); the most likely one stays
///   token = the first i with w[0] + .. + w[i] > floor(u * sum(w))
///
/// u in [0, 1) is the upper 53 bits of the first two words of Philox4x32-10 with key `seed` and
/// counter `num_new`: a row's draw depends on nothing outside the row. Weights are integers, so no
/// sum depends on its order.
///
/// \param scratch  int32, dense, at least 2 * num_rows * vocab_size elements; its content is free.
/// \throws c10::Error if a shape, dtype or device differs from the above.
///
/// Order and rules: huggingface/transformers v4.37.2, generation/logits_process.py; generator:
/// Salmon et al. 2011, doi:10.1145/2063384.2063405.
void sample_tokens(const at::Tensor& logits, const TokenRows& rows, const SamplingRules& rules,
                   const at::Tensor& scratch);

}  // namespace mono::kernels
