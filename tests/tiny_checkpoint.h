#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>
#include <vector>

#include "model/weights/safetensors.h"
#include "model/weights/tensors.h"
#include "tests/temporary_folder.h"
#include "tests/tiny_config.h"

namespace mono::tests {

using NamedTensors = std::map<std::string, at::Tensor>;

/// Random bf16 weights for `tiny_config`, by the names of a real checkpoint.
inline NamedTensors tiny_weights() {
  std::map<std::string, std::vector<int64_t>> shapes = {
      {"vision_model.embeddings.class_embedding", {1, 1, 6}},
      {"vision_model.embeddings.position_embedding", {1, 5, 6}},
      {"vision_model.embeddings.patch_embedding.weight", {6, 3, 2, 2}},
      {"vision_model.embeddings.patch_embedding.bias", {6}},
      {"mlp1.0.weight", {24}},
      {"mlp1.0.bias", {24}},
      {"mlp1.1.weight", {32, 24}},
      {"mlp1.1.bias", {32}},
      {"mlp1.3.weight", {32, 32}},
      {"mlp1.3.bias", {32}},
      {"language_model.model.tok_embeddings.weight", {40, 32}},
      {"language_model.model.norm.weight", {32}},
      {"language_model.output.weight", {40, 32}}};
  for (const std::string layer : {"0", "1"}) {
    const auto prefix = "language_model.model.layers." + layer + ".";
    shapes[prefix + "attention_norm.weight"] = {32};
    shapes[prefix + "ffn_norm.weight"] = {32};
    shapes[prefix + "attention.wqkv.weight"] = {64, 32};
    shapes[prefix + "attention.wo.weight"] = {32, 32};
    for (const std::string expert : {"feed_forward", "feed_forward_ve"}) {
      shapes[prefix + expert + ".w1.weight"] = {48, 32};
      shapes[prefix + expert + ".w3.weight"] = {48, 32};
      shapes[prefix + expert + ".w2.weight"] = {32, 48};
    }
  }
  at::manual_seed(0);
  NamedTensors weights;
  for (const auto& [name, shape] : shapes) {
    weights[name] = at::randn(shape).mul(0.2).to(at::kBFloat16);
  }
  return weights;
}

inline void write_tensors(const std::filesystem::path& path, const NamedTensors& tensors) {
  std::vector<model::TensorToWrite> list;
  for (const auto& [name, tensor] : tensors) {
    list.push_back({name,
                    std::string(model::stored_dtype_of(tensor.scalar_type())),
                    tensor.sizes().vec(),
                    {static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes()}});
  }
  model::write_safetensors(path, list);
}

/// A checkpoint folder of its own.
class TinyCheckpoint {
 public:
  explicit TinyCheckpoint(const NamedTensors& weights = tiny_weights(),
                          const nlohmann::json& config = tiny_config()) {
    folder_.write("config.json", config.dump());
    write_tensors(folder_.path() / "model.safetensors", weights);
  }
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_{};
};

}  // namespace mono::tests
