#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "kernels/attention.h"
#include "model/adapter.h"
#include "model/config.h"
#include "model/generation.h"
#include "model/trace.h"

namespace mono::model {

class Model;

/// Where and how the arithmetic runs. The defaults round where the reference does.
struct EngineOptions {
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kBFloat16;  // or kFloat; fp16 is refused
  kernels::AttentionKind attention = kernels::AttentionKind::kFused;
  bool is_deterministic = true;  // a token's values do not depend on how many rows run beside it
};

/// A checkpoint ready to answer: ids and pixels in, new ids out. Knows no text and no benchmark.
/// Its weights never change, so several threads may call it at once.
class Engine {
 public:
  /// \param checkpoint        folder with config.json and safetensors files.
  /// \param image_context_id  id of `<IMG_CONTEXT>`, which the tokenizer knows by name.
  /// \throws SetupError if the checkpoint is unsound or cannot run in this build, or the device is
  /// absent.
  Engine(const std::filesystem::path& checkpoint, int64_t image_context_id,
         const EngineOptions& options);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  const ModelConfig& config() const;
  const EngineOptions& options() const;

  /// Answers a prompt.
  ///
  /// \param input_ids     the prompt; as many image-context ids as `pixel_values` has tokens.
  /// \param pixel_values  [num_tiles, 3, image_size, image_size], any float dtype and device;
  ///                      undefined or without tiles for a prompt without images.
  /// \param stop_ids      ids that end the answer.
  /// \param trace         sees the stages of the prefill; null traces nothing and is faster.
  /// \throws SetupError if the ids are outside the vocabulary, the counts differ or the pixels have
  /// another shape; UsageError for settings outside their range.
  Generation generate(std::span<const int64_t> input_ids, const at::Tensor& pixel_values,
                      const Decoding& decoding, std::span<const int64_t> stop_ids,
                      const TraceSink& trace = nullptr) const;

  /// Reads the prompt and then a given continuation, whatever the model would have said.
  /// \returns fp32 [1 + continuation.size(), vocab_size] on the CPU: row 0 after the prompt, row k
  /// after the k-th id of the continuation.
  at::Tensor forced_logits(std::span<const int64_t> input_ids, const at::Tensor& pixel_values,
                           std::span<const int64_t> continuation,
                           const TraceSink& trace = nullptr) const;

 private:
  std::unique_ptr<const Model> model_;
};

/// `values`, row-major, as the pixel_values of `Engine::generate`; copies.
/// \param values  [num_tiles, 3, image_size, image_size], normalised.
/// \throws SetupError if the count is not num_tiles * 3 * image_size^2.
at::Tensor pixel_values_from(std::span<const float> values, int64_t num_tiles, int64_t image_size);

}  // namespace mono::model
