#include "model/model.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>

#include <exception>
#include <utility>

#include "kernels/out_of_memory.h"
#include "kernels/unused_memory.h"
#include "kernels/visual_embeddings.h"
#include "model/decoder_sequence.h"
#include "model/device_arithmetic.h"

namespace mono::model {
namespace {

// Everything that can be refused before the weights are read.
ModelConfig checked_config(const std::filesystem::path& checkpoint, int64_t image_context_id,
                           const EngineOptions& options) {
  if (options.dtype == at::kHalf) {
    fail(
        "dtype float16 is refused: activations of the visual experts overflow its range and turn "
        "into NaN; use bfloat16 or float32");
  }
  if (options.dtype != at::kBFloat16 && options.dtype != at::kFloat) {
    fail("dtype must be bfloat16 or float32, got ", c10::toString(options.dtype));
  }
  if (options.rounding == kernels::Rounding::kFast && options.passes == PassKind::kPlain) {
    fail("fast rounding is that of fused passes; plain ones round as the reference does");
  }
  if (options.device.is_cuda() && !at::hasCUDA()) {
    fail("device ", options.device.str(), ": this machine has no usable CUDA device");
  }
  auto config = read_config(checkpoint);
  if (image_context_id < 0 || image_context_id >= config.language.vocab_size) {
    fail("the image-context id must be from 0 to vocab_size - 1 = ", config.language.vocab_size - 1,
         ", got ", image_context_id);
  }
  if (config.image_context_id && *config.image_context_id != image_context_id) {
    fail((checkpoint / "config.json").string(), ": image_token_id is ", *config.image_context_id,
         ", the tokenizer's image-context id ", image_context_id);
  }
  return config;
}

kernels::RowPlan row_plan(const EngineOptions& options) {
  return options.is_deterministic ? kernels::RowPlan::kChunked : kernels::RowPlan::kFree;
}

std::vector<float> on_host(const at::Tensor& logits) {
  const auto row = logits.reshape({-1}).to(at::kCPU).contiguous();
  const auto* const values = row.const_data_ptr<float>();
  return {values, values + row.numel()};
}

bool is_fused(const EngineOptions& options) {
  return options.passes == PassKind::kFused || options.rounding == kernels::Rounding::kFast ||
         (options.passes == PassKind::kByDevice && options.device.is_cuda());
}

bool starts_ahead(const EngineOptions& options) {
  return options.steps == StepStart::kAhead ||
         (options.steps == StepStart::kByDevice && options.device.is_cuda());
}

}  // namespace

Model::Loaded Model::load(const std::filesystem::path& checkpoint, int64_t image_context_id,
                          const EngineOptions& options) {
  Loaded loaded{.config = checked_config(checkpoint, image_context_id, options)};
  settle_arithmetic(options.device);
  loaded.weights = load_weights(checkpoint, loaded.config, options.dtype, options.device);
  return loaded;
}

Model::Model(const std::filesystem::path& checkpoint, int64_t image_context_id,
             const EngineOptions& options)
    : Model(load(checkpoint, image_context_id, options), image_context_id, options) {}

Model::Model(Loaded loaded, int64_t image_context_id, const EngineOptions& options)
    : config_(std::move(loaded.config)),
      options_(options),
      image_context_id_(image_context_id),
      vision_(config_, std::move(loaded.weights.vision),
              {.attention = options.attention,
               .row_plan = row_plan(options),
               .is_fused = is_fused(options),
               .rounding = options.rounding}),
      decoder_(config_.language, std::move(loaded.weights.language),
               {.attention = options.attention,
                .row_plan = row_plan(options),
                .is_fused = is_fused(options),
                .rounding = options.rounding}),
      batches_(can_decode_in_batch(decoder_)
                   ? std::make_unique<DecodeBatches>(decoder_, starts_ahead(options),
                                                     [this] { return drop_records(); })
                   : nullptr) {
  if (!batches_ || !options.records_prompts) return;
  recorded_ = std::make_unique<RecordedPrefills>(prefill_parts());
}

bool Model::make_room() const {
  const bool had_idle = batches_ && batches_->drop_idle();
  return drop_records() || had_idle;
}

// Of those that batches ask to make room for them.
bool Model::drop_records() const {
  const bool had_records = recorded_ && recorded_->make_room();
  return kernels::release_unused_memory(options_.device) || had_records;
}

PrefillParts Model::prefill_parts() const {
  return {.config = config_,
          .vision = vision_,
          .decoder = decoder_,
          .image_context_id = image_context_id_};
}

void Model::check_pixels(const at::Tensor& pixel_values) const {
  if (!pixel_values.defined() || pixel_values.numel() == 0) return;
  const std::vector<int64_t> tile{config_.vision.num_channels, config_.image_size,
                                  config_.image_size};
  if (pixel_values.dim() != 4 || pixel_values.sizes().slice(1) != at::IntArrayRef(tile) ||
      !pixel_values.is_floating_point()) {
    fail("pixel_values must be float [num_tiles, ", tile[0], ", ", tile[1], ", ", tile[2],
         "], got ", c10::toString(pixel_values.scalar_type()), " ", pixel_values.sizes());
  }
}

at::Tensor Model::fetch(const at::Tensor& pixel_values) const {
  return pixel_values.to(options_.device, options_.dtype, /*non_blocking=*/true);
}

at::Tensor Model::see(const at::Tensor& pixel_values, const TraceSink& trace) const {
  check_pixels(pixel_values);
  if (!pixel_values.defined() || pixel_values.numel() == 0) return {};
  return vision_(fetch(pixel_values), trace);
}

at::Tensor Model::merged(std::span<const int64_t> input_ids, const kernels::ExpertRouting& routing,
                         const at::Tensor& visual) const {
  const int64_t num_visual = visual.defined() ? visual.size(0) : 0;
  if (routing.visual.count != num_visual) {
    fail("the prompt has ", routing.visual.count, " image-context tokens, its images give ",
         num_visual, " (", config_.tokens_per_tile, " a tile)");
  }
  auto embeddings = decoder_.embed(input_ids);  // [num_tokens, hidden_size]
  if (num_visual > 0) kernels::place_visual_embeddings(embeddings, visual, routing.visual);
  return embeddings;
}

void Model::check_prompt(std::span<const int64_t> input_ids, int64_t num_tiles) const {
  if (input_ids.empty()) fail("the prompt is empty");
  int64_t num_visual = 0;
  for (size_t i = 0; i < input_ids.size(); ++i) {
    if (input_ids[i] < 0 || input_ids[i] >= config_.language.vocab_size) {
      fail("input_ids[", i,
           "] must be from 0 to vocab_size - 1 = ", config_.language.vocab_size - 1, ", got ",
           input_ids[i]);
    }
    num_visual += input_ids[i] == image_context_id_ ? 1 : 0;
  }
  if (num_visual != num_tiles * config_.tokens_per_tile) {
    fail("the prompt has ", num_visual, " image-context tokens, its images give ",
         num_tiles * config_.tokens_per_tile, " (", config_.tokens_per_tile, " a tile)");
  }
}

at::Tensor Model::pass(std::span<const int64_t> input_ids, const at::Tensor& visual,
                       std::span<const Stretch> stretches, const TraceSink& trace) const {
  const auto routing = kernels::route_by_token_id(input_ids, image_context_id_, options_.device);
  const auto embeddings = merged(input_ids, routing, visual);
  if (trace) trace("inputs_embeds", embeddings);
  return decoder_.forward(embeddings, routing, stretches, trace);
}

at::Tensor Model::next(std::span<const int64_t> token_ids,
                       std::span<const Stretch> stretches) const {
  const auto routing = kernels::route_by_token_id(token_ids, image_context_id_, options_.device);
  return decoder_.forward(decoder_.embed(token_ids), routing, stretches, nullptr,
                          TokensOf::kAnswers);
}

at::Tensor Model::logits(const at::Tensor& hidden_states) const {
  return decoder_.logits(decoder_.final_norm(hidden_states));
}

Model::Prefill Model::read(std::span<const int64_t> input_ids, const at::Tensor& visual,
                           int64_t num_more, const TraceSink& trace) const {
  const int64_t num_visual = visual.defined() ? visual.size(0) : 0;
  check_prompt(input_ids, num_visual / config_.tokens_per_tile);
  const auto num_tokens = static_cast<int64_t>(input_ids.size());
  const int64_t capacity = num_tokens + num_more;
  auto state = decoder_.start(batches_ ? num_tokens : capacity, capacity);
  const Stretch stretch{.state = &state, .num_tokens = num_tokens};
  const auto hidden_states = pass(input_ids, visual, {&stretch, 1}, trace);
  if (trace) {
    const auto normalised = decoder_.final_norm(hidden_states);
    trace("final_norm", normalised);
    trace("logits_prefill", decoder_.logits(normalised));
  }
  const auto last = logits(hidden_states.slice(0, num_tokens - 1));  // [1, vocab_size]
  if (trace) trace("logits_steps", last.select(0, 0));
  return prefill(std::move(state), last, capacity, trace);
}

Model::Prefill Model::prefill(DecoderState state, const at::Tensor& logits, int64_t capacity,
                              const TraceSink& trace) const {
  return {.sequence = make_sequence({.decoder = decoder_,
                                     .batches = batches_.get(),
                                     .image_context_id = image_context_id_,
                                     .make_room = [this] { return make_room(); }},
                                    std::move(state), capacity, trace),
          .logits = on_host(logits)};
}

std::optional<RecordedPrefills::Prompt> Model::read_recorded(std::span<const int64_t> input_ids,
                                                             const at::Tensor& pixel_values,
                                                             int64_t num_positions) const {
  return recorded_ ? recorded_->read(input_ids, pixel_values, num_positions) : std::nullopt;
}

Model::Prefill Model::see_and_read(std::span<const int64_t> input_ids,
                                   const at::Tensor& pixel_values, int64_t num_more,
                                   const TraceSink& trace) const {
  check_pixels(pixel_values);
  const bool has_pixels = pixel_values.defined() && pixel_values.numel() > 0;
  check_prompt(input_ids, has_pixels ? pixel_values.size(0) : 0);
  const int64_t capacity = static_cast<int64_t>(input_ids.size()) + num_more;
  if (!trace) {
    auto prompt = read_recorded(input_ids, pixel_values, capacity);
    if (prompt) return prefill(std::move(prompt->state), prompt->logits, capacity, trace);
  }
  return kernels::with_room(
      [&] { return read(input_ids, see(pixel_values, trace), num_more, trace); },
      [this] { return make_room(); });
}

}  // namespace mono::model
