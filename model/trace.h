#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string_view>

namespace mono::model {

/// Receives the tensors of a forward pass by the names of the golden data: vit.embeddings,
/// vit.layer.<i> (every layer, used or not), vit.output, mlp1.input, visual_embeds, inputs_embeds,
/// layer.<i>, layer.<i>.k, layer.<i>.v, final_norm, logits_prefill (all over the prompt),
/// logits_steps (one row [vocab_size] a call). A value may be a view of the cache: clone what is
/// kept.
using TraceSink = std::function<void(std::string_view stage, const at::Tensor& value)>;

}  // namespace mono::model
