#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "kernels/out_of_memory.h"
#include "model/config.h"
#include "model/decoder/decode_batches.h"
#include "model/decoder/decoder.h"
#include "model/engine.h"
#include "model/generation.h"
#include "model/prefill/recorded_prefills.h"
#include "model/vision/visual_encoder.h"
#include "model/weights/weights.h"

namespace mono::model {

/// A loaded checkpoint: both halves of the network and the rule that joins them.
class Model {
 public:
  /// \throws SetupError as `Engine`.
  Model(const std::filesystem::path& checkpoint, int64_t image_context_id,
        const EngineOptions& options);

  const ModelConfig& config() const { return config_; }
  const EngineOptions& options() const { return options_; }
  const Decoder& decoder() const { return decoder_; }
  int64_t image_context_id() const { return image_context_id_; }

  /// Where sequences are continued; null where they are by `next`.
  DecodeBatches* batches() const { return batches_.get(); }

  /// What reads prompts; the parts belong to the model.
  PrefillParts prefill_parts() const;

  /// What reads prompts whose shapes come again; null where passes over prompts are not recorded.
  RecordedPrefills* recorded() const { return recorded_.get(); }

  /// Lets recorded prompts and idle batches go, and what LibTorch keeps unused: memory is short.
  /// \returns whether there may be more of it now
  bool make_room() const;

  /// Does some work, once more behind `make_room` where there was no memory for it.
  /// \returns false where there is none even so, and what the second try kept is gone; other errors
  /// pass.
  template <typename Work>
  bool fits(const Work& work) const {
    if (kernels::fits_memory([&] { kernels::with_room(work, [this] { return make_room(); }); })) {
      return true;
    }
    make_room();
    return false;
  }

  /// Checks a prompt before anything is computed.
  /// \param num_tiles  of its images
  /// \throws SetupError if it is empty, an id is outside the vocabulary or the number of
  /// image-context ids is not the number of visual embeddings its tiles give.
  void check_prompt(std::span<const int64_t> input_ids, int64_t num_tiles) const;

  /// Checks the shape and dtype of pixels; undefined ones are no pixels.
  /// \throws SetupError
  void check_pixels(const at::Tensor& pixel_values) const;

  /// Pixels on the model's device and in its dtype; themselves where they are. From page-locked
  /// memory, which must be LibTorch's (it is not given out again before the copy has ended), the
  /// device may still be fetching them.
  at::Tensor fetch(const at::Tensor& pixel_values) const;

  /// Visual embeddings of tiles, [num_tiles * tokens_per_tile, hidden_size]; undefined where
  /// `pixel_values` is undefined or has no tiles.
  /// \throws SetupError if the pixels have another shape or no float dtype.
  at::Tensor see(const at::Tensor& pixel_values, const TraceSink& trace) const;

  /// As `RecordedPrefills::read`; for sequences that `batches` continue.
  std::optional<RecordedPrefills::Prompt> read_recorded(std::span<const int64_t> input_ids,
                                                        const at::Tensor& pixel_values,
                                                        int64_t num_positions) const;

  /// A prompt that was read, and the logits after it.
  struct Prefill {
    std::unique_ptr<Sequence> sequence{};
    std::vector<float> logits{};  // [vocab_size]
  };

  /// Reads tokens of several sequences in one packed pass.
  /// \param input_ids  one sequence's behind the other's
  /// \param visual     the visual embeddings of all image-context ids among them, in order;
  ///                   undefined where there is none
  /// \param stretches  whose the ids are
  /// \returns          [num_tokens, hidden_size], the residual stream after the last layer
  at::Tensor pass(std::span<const int64_t> input_ids, const at::Tensor& visual,
                  std::span<const Stretch> stretches, const TraceSink& trace) const;

  /// Reads generated tokens, one of each sequence; an image-context id among them has its embedding
  /// from the table.
  /// \returns  [num_sequences, hidden_size]
  at::Tensor next(std::span<const int64_t> token_ids, std::span<const Stretch> stretches) const;

  /// fp32 [num_rows, vocab_size] of rows [num_rows, hidden_size] of `pass`.
  at::Tensor logits(const at::Tensor& hidden_states) const;

  /// Reads a prompt in one pass.
  /// \param visual    as `see` returns it.
  /// \param num_more  tokens that may be fed afterwards.
  /// \param trace     the sequence keeps a copy.
  /// \throws SetupError if the prompt is empty, an id is outside the vocabulary or the number of
  /// image-context ids is not the number of visual embeddings.
  Prefill read(std::span<const int64_t> input_ids, const at::Tensor& visual, int64_t num_more,
               const TraceSink& trace) const;

  /// The same with its pictures; recorded work, if there is some and nobody traces.
  /// \param pixel_values  as for `see`
  Prefill see_and_read(std::span<const int64_t> input_ids, const at::Tensor& pixel_values,
                       int64_t num_more, const TraceSink& trace) const;

 private:
  struct Loaded {
    ModelConfig config{};
    ModelWeights weights{};
  };
  static Loaded load(const std::filesystem::path& checkpoint, int64_t image_context_id,
                     const EngineOptions& options);
  Model(Loaded loaded, int64_t image_context_id, const EngineOptions& options);

  bool drop_records() const;
  Prefill prefill(DecoderState state, const at::Tensor& logits, int64_t capacity,
                  const TraceSink& trace) const;
  at::Tensor merged(std::span<const int64_t> input_ids, const kernels::ExpertRouting& routing,
                    const at::Tensor& visual) const;

  ModelConfig config_;
  EngineOptions options_;
  int64_t image_context_id_;
  VisualEncoder vision_;
  Decoder decoder_;
  std::unique_ptr<DecodeBatches> batches_;
  std::unique_ptr<RecordedPrefills> recorded_{};
};

}  // namespace mono::model
