#include "evaluator/bench/contender.h"

#include <c10/cuda/CUDAFunctions.h>

#include <algorithm>
#include <utility>

#include "evaluator/bench/image_context_id.h"
#include "evaluator/bench/request.h"
#include "model/adapter.h"
#include "model/prefill/prefill_shape.h"

namespace mono::bench {
namespace {

/// A short prompt ends with its picture.
auto last_text_of(model::EngineRequest& request, const Contender& contender) {
  return std::find_if(request.input_ids.rbegin(), request.input_ids.rend(),
                      [&](int64_t id) { return id != contender.image_context_id; });
}

}  // namespace

Contender open_contender(const std::string& name, const std::filesystem::path& checkpoint,
                         const model::EngineOptions& options) {
  const auto config = model::read_config(checkpoint);
  const int64_t id =
      config.image_context_id ? *config.image_context_id : stored_image_context_id(checkpoint);
  auto engine = std::make_unique<const model::Engine>(checkpoint, id, options);
  const ModelSize size{.config = engine->config(),
                       .visual_expert_parameters = engine->visual_expert_parameters()};
  std::string mode = model::mode_name(options);
  if (!options.records_prompts) mode += ", unrecorded prompts";
  return {.name = name,
          .mode = std::move(mode),
          .engine = std::move(engine),
          .size = size,
          .image_context_id = id};
}

std::vector<at::Tensor> pictures_for(const Contender& contender, int64_t num_tiles, int64_t count) {
  std::vector<at::Tensor> pictures;
  pictures.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    pictures.push_back(pixels_of(contender.size.config, num_tiles, contender.engine->options(), i));
  }
  return pictures;
}

std::vector<model::EngineRequest> requests_for(const Contender& contender, const Shape& shape,
                                               int new_tokens, int64_t count,
                                               std::span<const at::Tensor> pictures) {
  const auto& config = contender.size.config;
  std::vector<model::EngineRequest> requests;
  requests.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    auto& request = requests.emplace_back();
    request.input_ids = prompt_of(config, shape, contender.image_context_id);
    if (i > 0) *last_text_of(request, contender) = text_id(config, contender.image_context_id, i);
    request.pixel_values = pictures[static_cast<size_t>(i) % pictures.size()];
    request.decoding.max_new_tokens = new_tokens;
  }
  return requests;
}

int num_warm_ups(const Contender& contender) {
  return contender.engine->records_prompts() ? model::RecordingRules{}.asks : 1;
}

model::Spent time_to_see(const Contender& contender, const at::Tensor& picture) {
  const auto device = contender.engine->options().device;
  const model::Stopwatch watch;
  const auto embeddings = contender.engine->see(picture);
  if (device.is_cuda()) c10::cuda::device_synchronize();
  return watch.spent();
}

Asked ask_alone(const Contender& contender, const model::EngineRequest& request) {
  const model::Stopwatch watch;
  Asked asked;
  asked.generations.push_back(
      contender.engine->generate(request.input_ids, request.pixel_values, request.decoding, {}));
  asked.spent = watch.spent();
  return asked;
}

Asked ask_together(const Contender& contender, std::span<const model::EngineRequest> requests,
                   int batch) {
  const model::Stopwatch watch;
  Asked asked{.generations = std::vector<model::Generation>(requests.size())};
  contender.engine->answer(requests,
                           {.schedule = {.max_sequences = batch}, .reuses_prefixes = false},
                           [&](size_t i, model::EngineAnswer answer) {
                             if (!answer.error.empty())
                               model::fail(contender.name, ": ", answer.error);
                             asked.generations[i] = std::move(answer.generation);
                           });
  asked.spent = watch.spent();
  return asked;
}

}  // namespace mono::bench
