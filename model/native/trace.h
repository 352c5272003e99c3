#pragma once

#include <filesystem>

#include "model/adapter.h"
#include "model/native/native_adapter.h"

namespace mono::model {

/// What a trace came to, for the person who asked for it.
struct TraceSummary {
  Response response{};
  size_t num_tensors = 0;  // written to the file
};

/// Answers one request and writes every stage of it to a safetensors file: `tiles` (uint8
/// [num_tiles, size, size, 3]), `input_ids`, `pixel_values`, the stages of TraceSink,
/// `logits_steps` [new_tokens, vocab_size], `token_ids`, and `prompt` and `response` as UTF-8
/// bytes.
/// \throws SetupError if the checkpoint or the request is unsound or `output` cannot be written.
TraceSummary trace_request(const std::filesystem::path& checkpoint, const NativeOptions& options,
                           const Request& request, const std::filesystem::path& output);

/// Answers, greedily and for `max_new_tokens` whatever comes, the prompt another trace holds, ours
/// or one exported from the reference, and writes the stages of that. Read from `inputs`:
/// `input_ids` [num_tokens], `pixel_values` where there are images, and the image-context id, which
/// is where `visual_token_mask` is not 0; without one, config.json or the tokenizer knows it.
/// \throws SetupError as above, or if `inputs` lacks a tensor.
TraceSummary trace_inputs(const std::filesystem::path& checkpoint, const NativeOptions& options,
                          const std::filesystem::path& inputs, int max_new_tokens,
                          const std::filesystem::path& output);

}  // namespace mono::model
