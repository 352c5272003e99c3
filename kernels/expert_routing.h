#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace mono::kernels {

/// The rows of one modality: a run [begin, end), or where they are scattered, their indices.
struct RowSet {
  int64_t begin = 0;
  int64_t end = 0;
  at::Tensor indices{};  // int64 [count], ascending; undefined where the rows are one run
  int64_t count = 0;
};

/// Rows in the order of their experts, visual ones first: int32 [num_rows] each.
struct RoutedOrder {
  at::Tensor place{};   // row i's place among the routed rows
  at::Tensor source{};  // the row at a place
  at::Tensor text{};    // place of a text row, -1 of a visual one
  at::Tensor visual{};  // the other way round
};

/// Which rows of a pass go through which expert.
struct ExpertRouting {
  RowSet text{};
  RowSet visual{};
  std::optional<RoutedOrder> order{};  // where both modalities have rows
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
