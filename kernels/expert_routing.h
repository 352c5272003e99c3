#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>

namespace mono::kernels {

/// The rows of one modality: a run [begin, end), or where they are scattered, their indices.
struct RowSet {
  int64_t begin = 0;
  int64_t end = 0;
  at::Tensor indices{};  // int64 [count], ascending; undefined where the rows are one run
  int64_t count = 0;
};

/// Which rows of a pass go through which expert.
struct ExpertRouting {
  RowSet text{};
  RowSet visual{};
};

/// Routes each token by its id alone: the image-context id is visual, every other id is text.
///
/// Each pass is routed this way, with or without a cache. The reference takes the text expert for
/// every token once a cache exists, which is the same where the prompt is read in one pass.
ExpertRouting route_by_token_id(std::span<const int64_t> input_ids, int64_t image_context_id,
                                at::Device device);

/// A block of weights: [num_rows, in_features] -> [num_rows, out_features].
using Expert = std::function<at::Tensor(const at::Tensor&)>;

/// Sends each row through the expert of its modality; an expert without rows is not called.
///
///   y[n] = is_visual(n) ? visual(x[n]) : text(x[n])
///
/// \param x  [num_tokens, in_features]; as many rows as `routing` was made for.
/// \returns  [num_tokens, out_features]
/// \throws c10::Error if the number of rows differs.
///
/// Formula: OpenGVLab/Mono-InternVL@5b17ab4, internvl/model/internlm2/modeling_internlm2_ve.py:704;
/// the reference runs both experts on every token and blends by the mask.
at::Tensor apply_experts(const at::Tensor& x, const ExpertRouting& routing, const Expert& text,
                         const Expert& visual);

}  // namespace mono::kernels
