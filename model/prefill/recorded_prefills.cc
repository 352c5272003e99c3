#include "model/prefill/recorded_prefills.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <bit>
#include <exception>
#include <utility>

#include "kernels/out_of_memory.h"

namespace mono::model {

std::optional<RecordedPrefills::Prompt> RecordedPrefills::read(std::span<const int64_t> input_ids,
                                                               const at::Tensor& pixel_values,
                                                               int64_t num_positions) {
  const auto shape = shape_of(input_ids, pixel_values);
  if (!shape) return std::nullopt;
  const c10::InferenceMode no_gradients;
  const std::lock_guard lock(mutex_);
  auto* const entry = wanted(*shape);
  if (entry == nullptr) return std::nullopt;
  try {
    if (!entry->record) {
      entry->record =
          std::make_unique<RecordedPrefill>(parts_, *shape, cache_for(shape->num_rows), pool_);
    }
    auto logits = (*entry->record)(input_ids, pixel_values);
    return Prompt{
        .state = {.cache = entry->record->copy_cache(static_cast<int64_t>(input_ids.size())),
                  .rotary = parts_.decoder.rotary_table(num_positions)},
        .logits = std::move(logits)};
  } catch (const std::exception& cause) {
    const bool is_recorded = entry->record && entry->record->is_recorded();
    if (kernels::is_out_of_memory(cause)) {
      if (!is_recorded) *entry = {.is_refused = true};
      drop_all();
      return std::nullopt;
    }
    if (is_recorded) throw;
    TORCH_WARN("prompts of ", shape->num_tiles, " tiles and ", shape->num_rows,
               " tokens are read without a record: ", cause.what());
    *entry = {.is_refused = true};
    return std::nullopt;
  }
}

std::optional<PrefillShape> RecordedPrefills::shape_of(std::span<const int64_t> input_ids,
                                                       const at::Tensor& pixel_values) const {
  const bool has_pixels = pixel_values.defined() && pixel_values.numel() > 0;
  const auto shape =
      prefill_shape(has_pixels ? pixel_values.size(0) : 0, static_cast<int64_t>(input_ids.size()));
  const int64_t longest =
      std::min(kMostPrefillRows, RotaryTable::length_of_first_table(parts_.config.language));
  return shape.num_rows <= longest ? std::optional(shape) : std::nullopt;
}

// The entry of a shape that is recorded, or is to be.
RecordedPrefills::Entry* RecordedPrefills::wanted(const PrefillShape& shape) {
  auto& entry = entries_[shape];
  entry.last_use = ++num_uses_;
  if (entry.record) return &entry;
  if (entry.is_refused || rules_.most_records == 0) return nullptr;
  const bool is_full = count() >= rules_.most_records;
  if (++entry.num_asks < (is_full ? rules_.asks_when_full : rules_.asks)) return nullptr;
  if (is_full) drop_oldest();
  return &entry;
}

size_t RecordedPrefills::count() const {
  return static_cast<size_t>(std::count_if(entries_.begin(), entries_.end(), [](const auto& entry) {
    return entry.second.record != nullptr;
  }));
}

size_t RecordedPrefills::num_records() const {
  const std::lock_guard lock(mutex_);
  return count();
}

void RecordedPrefills::drop_oldest() {
  const auto oldest =
      std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
        return std::pair(!a.second.record, a.second.last_use) <
               std::pair(!b.second.record, b.second.last_use);
      });
  oldest->second = {};
}

bool RecordedPrefills::make_room() {
  const std::lock_guard lock(mutex_);
  return drop_all();
}

bool RecordedPrefills::drop_all() {
  const size_t num_dropped = count();
  if (num_dropped > 0) rules_.most_records = std::min(rules_.most_records, num_dropped / 2);
  for (auto& [shape, entry] : entries_) entry = {.is_refused = entry.is_refused};
  const bool had_cache = cache_.has_value();
  cache_.reset();
  return num_dropped > 0 || had_cache;
}

const KvCache& RecordedPrefills::cache_for(int64_t num_rows) {
  constexpr int64_t kFewest = 1024;
  if (!cache_ || cache_->capacity() < num_rows) {
    const auto& embeddings = parts_.decoder.weights().embeddings;
    cache_.emplace(
        parts_.config.language,
        static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(std::max(num_rows, kFewest)))),
        embeddings.scalar_type(), embeddings.device());
  }
  return *cache_;
}

}  // namespace mono::model
