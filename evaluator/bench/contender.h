#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "evaluator/bench/workload.h"
#include "model/engine.h"
#include "model/stopwatch.h"

namespace mono::bench {

/// A model under the clock, in one mode of the engine.
struct Contender {
  std::string name{};
  std::string mode{};  // `model::mode_name`, ", unrecorded prompts" behind it where they are
  std::unique_ptr<const model::Engine> engine{};
  ModelSize size{};
  int64_t image_context_id = 0;
};

/// Opens a checkpoint for timing. The id of `<IMG_CONTEXT>` comes from its config.json or its
/// tokenizer's files (image_context_id.h).
/// \throws SetupError as `Engine`, or if neither names the id.
Contender open_contender(const std::string& name, const std::filesystem::path& checkpoint,
                         const model::EngineOptions& options);

/// Random pictures of some tiles, as `pixels_of` makes them; `count` of none without tiles.
std::vector<at::Tensor> pictures_for(const Contender& contender, int64_t num_tiles, int64_t count);

/// Requests of one shape, each with a last token of text of its own and the next of the pictures.
/// \param pictures  at least one, of shape.num_tiles tiles
std::vector<model::EngineRequest> requests_for(const Contender& contender, const Shape& shape,
                                               int new_tokens, int64_t count,
                                               std::span<const at::Tensor> pictures);

/// How often a shape is asked for until a further call is like all that follow: its prompts are
/// recorded by then.
int num_warm_ups(const Contender& contender);

/// What the visual embeddings of a picture take, until the device has them.
model::Spent time_to_see(const Contender& contender, const at::Tensor& picture);

/// Answers to requests that were asked at once, and what they took.
struct Asked {
  std::vector<model::Generation> generations{};  // by request
  model::Spent spent{};                          // until the last was complete
};

/// Asks alone through `Engine::generate`, or together through `Engine::answer`; shares no prefix,
/// ends no answer early.
/// \param batch  answers in the making at a time
/// \throws SetupError if one has no answer.
Asked ask_alone(const Contender& contender, const model::EngineRequest& request);
Asked ask_together(const Contender& contender, std::span<const model::EngineRequest> requests,
                   int batch);

}  // namespace mono::bench
