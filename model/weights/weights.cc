#include "model/weights/weights.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <exception>

#include "kernels/out_of_memory.h"
#include "model/adapter.h"
#include "model/joined.h"
#include "model/weights/checkpoint.h"
#include "model/weights/taking.h"
#include "model/weights/visual_experts.h"

namespace mono::model {
namespace {

bool has_attention_expert(const LayerWeights& layer) {
  return layer.attention_norm.visual || layer.qkv.visual || layer.out.visual;
}

/// Names of attention experts are never guessed: what a side file names must be there, and what is
/// there must have a name.
void check_visual_experts(const std::filesystem::path& folder, const LanguageWeights& language,
                          const VisualExpertNames& names, WeightTaker& taker) {
  const auto file = folder / kVisualExpertsFile;
  const bool is_named = names.attention_norm || names.qkv || names.out;
  const bool has_any =
      std::any_of(language.layers.begin(), language.layers.end(), has_attention_expert);
  if (std::filesystem::exists(file) && is_named && !has_any) {
    const auto& name = names.qkv ? names.qkv : names.out ? names.out : names.attention_norm;
    taker.add_problem(joined("missing: ", *name, " in every layer; the name is from ", file));
  } else if (taker.has_unused()) {
    taker.add_problem(joined("experts of the visual tokens that have other names than ", names.gate,
                             " and so on can be named in ", file));
  }
}

struct Taken {
  ModelWeights weights{};
  std::vector<std::string> problems{};
};

/// \throws SetupError where there are more layers than any checkpoint of so few tensors can hold.
void check_num_layers(const std::filesystem::path& folder, const ModelConfig& config,
                      const StoredTensors& tensors) {
  const auto num_tensors = static_cast<int64_t>(tensors.size());
  for (const int64_t num_layers : {config.language.num_layers, config.vision.num_layers}) {
    if (num_layers <= num_tensors) continue;
    fail(folder.string(), ": the weights do not fit config.json: num_hidden_layers is ", num_layers,
         ", the checkpoint holds ", num_tensors, " tensors");
  }
}

Taken take_all(const std::filesystem::path& folder, const ModelConfig& config,
               const StoredTensors& tensors, at::ScalarType dtype, at::Device device) {
  check_num_layers(folder, config, tensors);
  WeightTaker taker(tensors, dtype, device);
  const auto names = names_of(config, taker.has_prefix("model."));
  VisualExpertNames visual;
  if (config.language.has_visual_experts) visual = visual_expert_names(folder);
  Taken taken{
      .weights = {.vision = take_vision(taker, config, names.vision, names.projector),
                  .language = take_language(taker, config.language, names.language, visual)}};
  const auto side_file = folder / kVisualExpertsFile;
  if (config.language.has_visual_experts) {
    check_visual_experts(folder, taken.weights.language, visual, taker);
  }
  if (!config.language.has_visual_experts && std::filesystem::exists(side_file)) {
    taker.add_problem(joined("unused: ", side_file, ", as ", name_of(config.language.architecture),
                             " has no visual experts"));
  }
  taken.problems = taker.problems();
  return taken;
}

uint64_t bytes_as(const StoredTensors& tensors, at::ScalarType dtype) {
  uint64_t bytes = 0;
  for (const auto& [name, tensor] : tensors) {
    bytes += tensor.bytes.size() / item_size_of(tensor.dtype) * c10::elementSize(dtype);
  }
  return bytes;
}

/// \throws SetupError where the device's memory does not hold the weights.
Taken take_into(const std::filesystem::path& folder, const ModelConfig& config,
                at::ScalarType dtype, at::Device device) {
  const auto tensors = read_checkpoint(folder);
  const auto refuse = [&]() -> Taken {
    fail(folder.string(), ": the weights need ", bytes_as(tensors, dtype), " bytes of memory on ",
         device.str(), ", which are not free");
  };
  try {
    return take_all(folder, config, tensors, dtype, device);
  } catch (const std::exception& cause) {
    if (!kernels::is_out_of_memory(cause)) throw;
    return refuse();
  }
}

}  // namespace

ModelWeights load_weights(const std::filesystem::path& folder, const ModelConfig& config,
                          at::ScalarType dtype, at::Device device) {
  auto taken = take_into(folder, config, dtype, device);
  if (taken.problems.empty()) return std::move(taken.weights);
  std::string lines;
  for (const auto& problem : taken.problems) lines.append("\n  ").append(problem);
  fail(folder.string(), ": the weights do not fit config.json:", lines);
}

std::vector<std::string> weight_faults(const std::filesystem::path& folder,
                                       const ModelConfig& config) {
  return take_all(folder, config, read_checkpoint(folder), at::kBFloat16, at::kMeta).problems;
}

int64_t visual_expert_parameters(const LanguageWeights& weights) {
  int64_t count = 0;
  const auto add = [&](const at::Tensor& tensor) {
    count += tensor.defined() ? tensor.numel() : 0;
  };
  for (const auto& layer : weights.layers) {
    for (const auto* norm : {&layer.attention_norm, &layer.feed_forward_norm}) {
      if (norm->visual) add(*norm->visual);
    }
    for (const auto* projection : {&layer.qkv, &layer.out}) {
      if (!projection->visual) continue;
      add(projection->visual->weight);
      add(projection->visual->bias);
    }
    if (const auto& expert = layer.feed_forward.visual) {
      for (const auto& weight : {expert->gate, expert->up, expert->down}) add(weight);
    }
  }
  return count;
}

}  // namespace mono::model
