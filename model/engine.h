#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/attention.h"
#include "kernels/rounding.h"
#include "model/adapter.h"
#include "model/batch/schedule.h"
#include "model/config.h"
#include "model/generation.h"
#include "model/trace.h"

namespace mono::model {

class Model;

/// Through which code a pass over tokens goes.
enum class PassKind {
  kByDevice,  // fused on a GPU, plain elsewhere
  kPlain,     // an operation of ATen after the other
  kFused,     // the fused operators; tokens are generated in recorded steps (decode_batch.h), and
              // prompts read in recorded passes (recorded_prefills.h)
};

/// When the step of an answer's next token is started (decode_batch.h); changes no value.
enum class StepStart {
  kByDevice,  // ahead on a GPU, in turn elsewhere
  kInTurn,    // once the token is known
  kAhead,     // where it will most likely be wanted, before the host has read which token it is
};

/// Where and how the arithmetic runs. The defaults round where the reference does.
struct EngineOptions {
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kBFloat16;  // or kFloat; fp16 is refused
  kernels::AttentionKind attention = kernels::AttentionKind::kFused;
  bool is_deterministic = true;  // a token's values do not depend on how many rows run beside it
  PassKind passes = PassKind::kByDevice;
  /// kFast: each fused operator rounds its result alone. It makes the passes fused on any device.
  kernels::Rounding rounding = kernels::Rounding::kParity;
  bool records_prompts = true;  // fused passes over whole prompts whose shapes come again
  StepStart steps = StepStart::kByDevice;
};

/// The names of the options' rounding and row plan: "parity" or "fast", "deterministic" or "free";
/// "parity, deterministic" where nothing was asked for. Every result carries it.
std::string mode_name(const EngineOptions& options);

/// A prompt to be answered together with others.
struct EngineRequest {
  std::vector<int64_t> input_ids{};
  at::Tensor pixel_values{};  // [num_tiles, 3, image_size, image_size]; undefined without images
  std::string image_key{};    // equal exactly where the pixels are; "" where they are nobody else's
  Decoding decoding{};
  std::vector<int64_t> stop_ids{};
};

/// What became of it.
struct EngineAnswer {
  Generation generation{};
  std::string error{};  // why there is no answer; "" exactly when there is one
};

/// How a batch is computed. In deterministic mode none of it changes an answer by a bit.
struct BatchOptions {
  ScheduleOptions schedule{};
  bool reuses_prefixes = true;  // prompts over the same pictures read them once
};

/// Called with each answer as soon as it is complete, in any order.
using OnAnswer = std::function<void(size_t request, EngineAnswer)>;

/// Sees the logits [vocab_size] of each step of each request, before the settings' rules.
using LogitsSink = std::function<void(size_t request, std::span<const float> logits)>;

/// A checkpoint ready to answer: ids and pixels in, new ids out. Knows no text and no benchmark.
/// Its weights never change, so several threads may call it at once; on a GPU each of them keeps
/// memory to the end of the process (kernels/side_stream.h), so that they should be few.
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

  /// How many of the language model's weights only image-context tokens meet.
  int64_t visual_expert_parameters() const;

  /// What passes go through, for whoever reports a time: "plain passes", "fused passes, recorded
  /// prompts and steps", "fused passes, recorded steps" without `records_prompts`, or "fused
  /// passes" where the model's attention has no step to record.
  std::string_view passes() const;

  /// The visual embeddings of tiles as `generate` makes them, [num_tiles * tokens_per_tile,
  /// hidden_size]; a GPU may still be at work on them. For whoever times this stage alone.
  /// \param pixel_values  as for `generate`
  /// \throws SetupError if the pixels have another shape or no float dtype.
  at::Tensor see(const at::Tensor& pixel_values) const;

  /// Whether prompts of shapes that come again (prefill_shape.h) are read in recorded passes.
  bool records_prompts() const;

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

  /// Answers prompts together: packed into common passes, pictures that several ask about read
  /// once, answers of different length side by side. Requests with num_beams above 1 are answered
  /// one by one. A request that cannot be answered gets an error; the others go on. Where memory is
  /// short, fewer are read and answered at a time, and one that does not fit alone gets an error.
  ///
  /// \param on_answer  called once for each request
  /// \throws UsageError for options outside their range
  void answer(std::span<const EngineRequest> requests, const BatchOptions& options,
              const OnAnswer& on_answer, const LogitsSink& on_logits = nullptr) const;

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
