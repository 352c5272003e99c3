#include "kernels/visual_embeddings.h"

#include <ATen/ATen.h>

#include "kernels/row_copy.h"

namespace mono::kernels {

void place_visual_embeddings(at::Tensor& embeddings, const at::Tensor& visual, const RowSet& rows) {
  TORCH_CHECK(visual.dim() == 2 && visual.size(0) == rows.count,
              "place_visual_embeddings: the prompt has ", rows.count,
              " image-context tokens, the images give ", visual.size(0), " embeddings");
  TORCH_CHECK(embeddings.dim() == 2 && embeddings.size(1) == visual.size(1),
              "place_visual_embeddings: the prompt's embeddings are ", embeddings.sizes(),
              ", the visual ones ", visual.sizes());
  TORCH_CHECK(
      embeddings.scalar_type() == visual.scalar_type() && embeddings.device() == visual.device(),
      "place_visual_embeddings: the prompt's embeddings are ", embeddings.scalar_type(), " on ",
      embeddings.device(), ", the visual ones ", visual.scalar_type(), " on ", visual.device());
  if (rows.count == 0) return;
  if (rows.indices.defined()) {
    scatter_rows_out(visual, rows.indices.to(at::kInt), embeddings);
  } else {
    embeddings.slice(0, rows.begin, rows.end).copy_(visual);
  }
}

void place_visual_embeddings(const at::Tensor& embeddings, const at::Tensor& visual,
                             const at::Tensor& rows) {
  TORCH_CHECK(visual.dim() == 2 && rows.defined() && visual.size(0) == rows.numel(),
              "place_visual_embeddings: the prompts have ", rows.defined() ? rows.numel() : 0,
              " image-context tokens, the images give ", visual.sizes(), " embeddings");
  scatter_rows_out(visual, rows, embeddings);
}

}  // namespace mono::kernels
