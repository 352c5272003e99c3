#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/expert_routing.h"

namespace mono::kernels {

/// Overwrites the image-context rows of the prompt's embeddings, in order.
///
/// \param embeddings  [num_tokens, hidden_size]; changed in place.
/// \param visual      [num_visual_tokens, hidden_size]; dtype and device of embeddings.
/// \param rows        the image-context rows, as `route_by_token_id` found them.
/// \throws c10::Error if there are more or fewer rows than visual embeddings, naming both counts,
/// or a width, dtype or device differs.
///
/// The reference warns and cuts where the counts differ: OpenGVLab/Mono-InternVL@5b17ab4,
/// internvl/model/internvl_chat/modeling_internvl_chat.py:193-202.
void place_visual_embeddings(at::Tensor& embeddings, const at::Tensor& visual, const RowSet& rows);

/// The same for a packed batch, whose rows the caller has numbered on the device.
/// \param rows  int32 [num_visual_tokens]; trusted to lie inside embeddings; negative: nowhere.
void place_visual_embeddings(const at::Tensor& embeddings, const at::Tensor& visual,
                             const at::Tensor& rows);

}  // namespace mono::kernels
