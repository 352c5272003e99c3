#include "model/engine.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <exception>
#include <string>
#include <utility>

#include "kernels/out_of_memory.h"
#include "model/batch/batch_run.h"
#include "model/model.h"
#include "model/stopwatch.h"

namespace mono::model {

std::string mode_name(const EngineOptions& options) {
  const std::string rounding = options.rounding == kernels::Rounding::kFast ? "fast" : "parity";
  return rounding + (options.is_deterministic ? ", deterministic" : ", free");
}

Engine::Engine(const std::filesystem::path& checkpoint, int64_t image_context_id,
               const EngineOptions& options)
    : model_(std::make_unique<const Model>(checkpoint, image_context_id, options)) {}

Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

const ModelConfig& Engine::config() const {
  return model_->config();
}
const EngineOptions& Engine::options() const {
  return model_->options();
}
int64_t Engine::visual_expert_parameters() const {
  return model::visual_expert_parameters(model_->decoder().weights());
}
std::string_view Engine::passes() const {
  if (records_prompts()) return "fused passes, recorded prompts and steps";
  if (model_->batches() != nullptr) return "fused passes, recorded steps";
  return model_->decoder().fused_layers() != nullptr ? "fused passes" : "plain passes";
}

bool Engine::records_prompts() const {
  return model_->recorded() != nullptr;
}

at::Tensor Engine::see(const at::Tensor& pixel_values) const {
  const c10::InferenceMode no_gradients;
  return model_->see(pixel_values, nullptr);
}

Generation Engine::generate(std::span<const int64_t> input_ids, const at::Tensor& pixel_values,
                            const Decoding& decoding, std::span<const int64_t> stop_ids,
                            const TraceSink& trace) const {
  check_decoding(decoding);
  const c10::InferenceMode no_gradients;
  const Stopwatch watch;
  auto prefill = model_->see_and_read(input_ids, pixel_values, decoding.max_new_tokens, trace);
  const auto to_first = watch.spent();  // the logits are on the host by now

  auto generation = continue_sequence(std::move(prefill.sequence), std::move(prefill.logits),
                                      decoding, stop_ids, config().language.bos_id);
  const auto to_end = watch.spent();
  generation.prefill_seconds = to_first.seconds;
  generation.decode_seconds = to_end.seconds - to_first.seconds;
  generation.first_token_cpu_seconds = to_first.cpu_seconds;
  generation.cpu_seconds = to_end.cpu_seconds;
  return generation;
}

namespace {

int64_t num_tiles_of(const at::Tensor& pixel_values) {
  return pixel_values.defined() ? pixel_values.size(0) : 0;
}

void check_request(const Model& model, const EngineRequest& request) {
  check_decoding(request.decoding);
  model.check_prompt(request.input_ids, num_tiles_of(request.pixel_values));
  model.check_pixels(request.pixel_values);
  for (const int64_t id : request.stop_ids) {
    if (id < 0 || id >= model.config().language.vocab_size) {
      fail("stop id ", id, " is outside the vocabulary of ", model.config().language.vocab_size);
    }
  }
}

}  // namespace

void Engine::answer(std::span<const EngineRequest> requests, const BatchOptions& options,
                    const OnAnswer& on_answer, const LogitsSink& on_logits) const {
  const c10::InferenceMode no_gradients;
  std::vector<size_t> together;
  for (size_t i = 0; i < requests.size(); ++i) {
    const auto& request = requests[i];
    EngineAnswer alone;
    try {
      check_request(*model_, request);
      if (request.decoding.num_beams.value_or(1) == 1) {
        together.push_back(i);
        continue;
      }
      alone.generation =
          generate(request.input_ids, request.pixel_values, request.decoding, request.stop_ids);
    } catch (const SetupError& cause) {
      alone.error = cause.what();
    } catch (const std::exception& cause) {
      if (!kernels::is_out_of_memory(cause)) throw;
      alone.error =
          "out of memory for " + std::to_string(request.decoding.num_beams.value_or(1)) + " beams";
    }
    on_answer(i, std::move(alone));
  }
  BatchRun(*model_, requests, std::move(together), options, on_answer, on_logits)();
}

at::Tensor Engine::forced_logits(std::span<const int64_t> input_ids, const at::Tensor& pixel_values,
                                 std::span<const int64_t> continuation,
                                 const TraceSink& trace) const {
  const c10::InferenceMode no_gradients;
  auto prefill = model_->see_and_read(input_ids, pixel_values,
                                      static_cast<int64_t>(continuation.size()), trace);
  std::vector<at::Tensor> rows{at::tensor(prefill.logits)};
  for (const int64_t token_id : continuation) {
    rows.push_back(at::tensor(prefill.sequence->feed(token_id)));
  }
  return at::stack(rows);
}

at::Tensor pixel_values_from(std::span<const float> values, int64_t num_tiles, int64_t image_size) {
  const int64_t expected = num_tiles * 3 * image_size * image_size;
  if (num_tiles < 0 || image_size < 1 || static_cast<int64_t>(values.size()) != expected) {
    fail("pixel_values: ", num_tiles, " tiles of ", image_size, " pixels need ", expected,
         " values, got ", values.size());
  }
  return at::tensor(at::ArrayRef<float>(values.data(), values.size()))
      .view({num_tiles, 3, image_size, image_size});
}

}  // namespace mono::model
