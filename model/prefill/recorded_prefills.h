#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "model/prefill/recorded_prefill.h"

namespace mono::model {

/// Reads prompts whose shapes come again through recorded work, and keeps that from one prompt to
/// the next. The records take turns: keys and values lie in a cache that all share until they are
/// copied, and on a GPU all graphs share the memory of what they compute.
class RecordedPrefills {
 public:
  explicit RecordedPrefills(const PrefillParts& parts, const RecordingRules& rules = {})
      : parts_(parts), rules_(rules) {}

  /// A prompt that was read.
  struct Prompt {
    DecoderState state;
    at::Tensor logits{};  // fp32 [1, vocab_size] on the CPU, behind it
  };

  /// Reads a prompt if its shape was asked for often enough. May be called by several threads at
  /// once: they wait for one another.
  /// \param input_ids, pixel_values  a sound prompt (Model::check_prompt)
  /// \param num_positions            as for `Decoder::start`
  /// \returns nothing where the prompt is to be read another way: its shape is new, it is too long,
  /// it could not be recorded, or there is no memory for that, which lets all records go; a shape
  /// that could not be recorded is not tried again
  std::optional<Prompt> read(std::span<const int64_t> input_ids, const at::Tensor& pixel_values,
                             int64_t num_positions);

  /// Frees what is kept, and keeps less from now on if there were records: memory is short.
  /// \returns whether there was something
  bool make_room();

  /// How many shapes are recorded.
  size_t num_records() const;

 private:
  struct Entry {
    int num_asks = 0;  // without a record
    bool is_refused = false;
    int64_t last_use = 0;
    std::unique_ptr<RecordedPrefill> record{};
  };

  std::optional<PrefillShape> shape_of(std::span<const int64_t> input_ids,
                                       const at::Tensor& pixel_values) const;
  Entry* wanted(const PrefillShape& shape);
  size_t count() const;
  void drop_oldest();
  bool drop_all();
  const KvCache& cache_for(int64_t num_rows);

  const PrefillParts parts_;
  RecordingRules rules_;
  mutable std::mutex mutex_{};
  std::shared_ptr<kernels::RecordingPool> pool_ = kernels::make_recording_pool();
  std::optional<KvCache> cache_{};  // the largest; smaller ones live as long as their records
  std::map<PrefillShape, Entry> entries_{};
  int64_t num_uses_ = 0;
};

}  // namespace mono::model
