#include "model/native/pipeline.h"

#include <ATen/ATen.h>

#include <array>
#include <chrono>

#include "model/image/file/load.h"
#include "model/image/normalise.h"
#include "model/image/tiles.h"
#include "model/native/digest.h"
#include "model/native/vocabulary_fault.h"
#include "model/out_of_memory.h"
#include "model/text/chat.h"

namespace mono::model {

EngineOptions engine_options(const NativeOptions& options) {
  EngineOptions engine;
  if (options.dtype == "fp32") {
    engine.dtype = at::kFloat;
  } else if (options.dtype != "bf16") {
    fail<UsageError>("--dtype: expected bf16 or fp32, got '", options.dtype,
                     "' (fp16 overflows in this model)");
  }
  if (options.device != "cpu" && !options.device.starts_with("cuda")) {
    fail<UsageError>("--device: expected cpu or cuda, got '", options.device, "'");
  }
  if (options.device.starts_with("cuda") && !at::hasCUDA()) {
    fail("--device ", options.device, ": no CUDA device on this machine");
  }
  engine.device = at::Device(options.device);
  engine.is_deterministic = options.is_deterministic;
  if (options.is_fast) engine.rounding = kernels::Rounding::kFast;
  return engine;
}

int64_t required_id(const Tokenizer& tokenizer, std::string_view token) {
  const auto id = tokenizer.token_id(token);
  if (!id) fail("tokenizer: it has no token '", token, "', which the chat template needs");
  return *id;
}

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Checked before the weights are read, which may take long.
/// \throws SetupError if the tokenizer is unsound or has ids that the model has not.
std::unique_ptr<Tokenizer> fitting_tokenizer(const std::filesystem::path& checkpoint,
                                             const TokenizerOptions& options) {
  auto tokenizer = load_tokenizer(checkpoint, options);
  const auto misfit = vocabulary_fault(*tokenizer, read_config(checkpoint).language);
  if (!misfit.empty()) fail(checkpoint.string(), ": ", misfit);
  return tokenizer;
}

}  // namespace

Pipeline::Pipeline(const std::filesystem::path& checkpoint, const NativeOptions& options)
    : tokenizer_(fitting_tokenizer(checkpoint, {.loses_hash_merges = options.loses_hash_merges})),
      engine_(checkpoint, required_id(*tokenizer_, kImageContext), engine_options(options)),
      chat_template_(&find_chat_template(engine_.config().template_name)),
      stop_id_(required_id(*tokenizer_, stop_token(*chat_template_))) {}

Response Pipeline::operator()(const Request& request, const TraceSink& trace) const {
  auto [asked, response] = prepare(request);
  if (trace && response.num_tiles > 0) trace("pixel_values", asked.pixel_values);
  const auto generation =
      engine_.generate(asked.input_ids, asked.pixel_values, asked.decoding, asked.stop_ids, trace);
  if (trace) trace("token_ids", at::tensor(generation.token_ids, at::kLong));
  return finish(std::move(response), generation);
}

PreparedRequest Pipeline::prepare(const Request& request) const {
  const auto start = std::chrono::steady_clock::now();
  const auto request_tiles = tiles(request);                      // decode and cut: uint8 pixels
  const auto [text, input_ids] = prompt(request, request_tiles);  // chat template, tokenizer
  PreparedRequest prepared{.engine = {.input_ids = input_ids,
                                      .pixel_values = pixel_values(request_tiles),
                                      .image_key = request_tiles.sha256,
                                      .decoding = request.decoding,
                                      .stop_ids = {stop_id_}},
                           .response = {.prompt_tokens = static_cast<int>(input_ids.size()),
                                        .num_tiles = request_tiles.num_tiles,
                                        .pixels_sha256 = request_tiles.sha256,
                                        .prompt_sha256 = sha256_of(input_ids)}};
  prepared.response.preprocess_seconds = seconds_since(start);
  return prepared;
}

Response Pipeline::finish(Response response, const Generation& generation) const {
  response.text = finish_response(tokenizer_->decode(generation.token_ids), *chat_template_);
  response.new_tokens = static_cast<int>(generation.token_ids.size());
  response.stop = name_of(generation.stop);
  response.output_sha256 = sha256_of(generation.token_ids);
  response.prefill_seconds = generation.prefill_seconds;
  response.decode_seconds = generation.decode_seconds;
  return response;
}

RequestTiles Pipeline::tiles(const Request& request) const {
  const auto& config = engine_.config();
  RequestTiles tiles;
  for (const auto& input : request.images) {
    const auto image = load_image(input);
    const auto plan = plan_tiles(image.width, image.height,
                                 {.min_tiles = 1,
                                  .max_tiles = config.uses_dynamic_tiles ? input.max_tiles : 1,
                                  .tile_size = static_cast<int>(config.image_size),
                                  .use_thumbnail = config.uses_thumbnail});
    const auto pixels = cut_tiles(image, plan);
    tiles.pixels.insert(tiles.pixels.end(), pixels.begin(), pixels.end());
    tiles.tiles_per_image.push_back(plan.num_tiles());
    tiles.num_tiles += plan.num_tiles();
  }
  if (tiles.num_tiles > 0) {
    tiles.sha256 = sha256_of(
        std::string_view(reinterpret_cast<const char*>(tiles.pixels.data()), tiles.pixels.size()));
  }
  return tiles;
}

Prompt Pipeline::prompt(const Request& request, const RequestTiles& tiles) const {
  const auto& config = engine_.config();
  ChatRequest chat{.question = request.question,
                   .system_message = config.system_message,
                   .num_tiles = tiles.num_tiles,
                   .tokens_per_tile = static_cast<int>(config.tokens_per_tile)};
  if (!request.shares_image_block) chat.tiles_per_image = tiles.tiles_per_image;
  Prompt prompt{.text = render_chat(*chat_template_, chat).prompt};
  prompt.input_ids = tokenizer_->encode(prompt.text);
  return prompt;
}

/// Page-locked where a GPU will fetch them and there is such memory.
at::Tensor Pipeline::empty_pixels(int64_t num_tiles) const {
  const auto size = engine_.config().image_size;
  const std::array<int64_t, 4> sizes = {num_tiles, 3, size, size};
  const auto options = at::TensorOptions().dtype(engine_.options().dtype);
  at::Tensor pinned;
  const bool is_pinned = engine_.options().device.is_cuda() && num_tiles > 0 && fits_memory([&] {
                           pinned = at::empty(sizes, options.pinned_memory(true));
                         });
  return is_pinned ? pinned : at::empty(sizes, options);
}

at::Tensor Pipeline::pixel_values(const RequestTiles& tiles) const {
  const auto size = engine_.config().image_size;
  const auto dtype = engine_.options().dtype;
  auto values = empty_pixels(tiles.num_tiles);
  const auto count = static_cast<size_t>(values.numel());
  if (dtype == at::kBFloat16) {
    normalise(tiles.pixels, static_cast<int>(size),
              std::span(static_cast<uint16_t*>(values.mutable_data_ptr()), count));
  } else {
    normalise(tiles.pixels, static_cast<int>(size),
              std::span(static_cast<float*>(values.mutable_data_ptr()), count));
  }
  return values;
}

}  // namespace mono::model
