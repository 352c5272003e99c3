#pragma once

#include <ATen/core/Tensor.h>

#include <span>

#include "kernels/attention.h"
#include "model/decoder/decoder.h"
#include "model/decoder/fused_layers.h"

namespace mono::model {

/// `Decoder::forward` through the fused operators.
/// \param rotations  cosines and sines [num_tokens, head_dim / 2] of all tokens
at::Tensor fused_forward(const FusedLayers& layers, const LanguageConfig& config,
                         const DecoderOptions& options, const at::Tensor& embeddings,
                         const kernels::ExpertRouting& routing, std::span<const Stretch> stretches,
                         const std::pair<at::Tensor, at::Tensor>& rotations,
                         const LayerTrace& after_layer);

}  // namespace mono::model
