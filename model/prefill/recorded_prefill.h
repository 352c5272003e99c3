#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>

#include "kernels/expert_routing.h"
#include "kernels/host_twin.h"
#include "kernels/recorded_work.h"
#include "model/config.h"
#include "model/decoder/decoder.h"
#include "model/decoder/fused_layers.h"
#include "model/prefill/prefill_shape.h"
#include "model/vision/visual_encoder.h"

namespace mono::model {

/// What prompts are read with; all kept by reference.
struct PrefillParts {
  const ModelConfig& config;
  const VisualEncoder& vision;
  const Decoder& decoder;  // whose passes are fused
  int64_t image_context_id = 0;
};

/// Whole prompts of one shape, each read by the same work on buffers that never move: on a GPU one
/// graph, from pixels and ids to the logits behind the prompt.
///
/// A shorter prompt is followed by rows of zeros, as text, which none of its tokens sees. Under
/// RowPlan::kChunked its values have the bits of a pass of its own. For one thread.
class RecordedPrefill {
 public:
  /// \param cache  takes keys and values, at least shape.num_rows of them; may be that of others
  ///               which are not in use until what a prompt has left there was copied
  /// \param pool   likewise
  RecordedPrefill(const PrefillParts& parts, const PrefillShape& shape, KvCache cache,
                  std::shared_ptr<kernels::RecordingPool> pool);
  RecordedPrefill(const RecordedPrefill&) = delete;
  RecordedPrefill& operator=(const RecordedPrefill&) = delete;

  /// Whether the work was recorded, which the first prompt does.
  bool is_recorded() const { return work_ != nullptr; }

  /// Reads a prompt; waits for the device.
  /// \param input_ids, pixel_values  a sound prompt of the shape (Model::check_prompt)
  /// \returns fp32 [1, vocab_size] on the CPU, the logits behind it
  at::Tensor operator()(std::span<const int64_t> input_ids, const at::Tensor& pixel_values);

  /// A copy of the keys and values of the prompt that was read last.
  /// \param num_tokens  of it
  KvCache copy_cache(int64_t num_tokens) const { return cache_.first(num_tokens); }

 private:
  void write_numbers(std::span<const int64_t> input_ids);
  at::Tensor numbers(int64_t kind) const { return numbers_.select(0, kind); }
  void compute() const;
  at::Tensor attend(size_t layer, const kernels::QkvViews& qkv, const at::Tensor& row) const;

  PrefillParts parts_;
  PrefillShape shape_;
  int64_t num_visual_;  // image-context tokens
  KvCache cache_;
  std::shared_ptr<kernels::RecordingPool> pool_;
  at::Tensor pixels_{};   // [num_tiles, channels, image_size, image_size]
  at::Tensor numbers_{};  // int32 [kinds, num_rows]: what differs from prompt to prompt
  std::unique_ptr<kernels::HostTwin> host_numbers_{};
  kernels::ExpertRouting routing_{};
  at::Tensor cos_{};  // [num_rows, head_dim / 2]
  at::Tensor sin_{};
  at::Tensor slot_{};      // int32 [num_rows]: 0
  at::Tensor position_{};  // int32 [num_rows]: 0, 1, ...
  at::Tensor logits_{};    // fp32 [1, vocab_size]
  std::unique_ptr<kernels::RecordedWork> work_{};
};

}  // namespace mono::model
