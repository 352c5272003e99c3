#include "model/weights/names.h"

#include "model/adapter.h"

namespace mono::model {
namespace {

VisionNames chat_vision() {
  const std::string prefix = "vision_model.";
  return {.prefix = prefix,
          .class_row = prefix + "embeddings.class_embedding",
          .position = prefix + "embeddings.position_embedding",
          .patch = prefix + "embeddings.patch_embedding",
          .layers = prefix + "encoder.layers.",
          .attention_norm = "norm1",
          .qkv = {"attn.qkv"},
          .q_norm = "attn.q_norm",
          .k_norm = "attn.k_norm",
          .out = "attn.proj",
          .attention_scale = "ls1",
          .mlp_norm = "norm2",
          .first = "mlp.fc1",
          .second = "mlp.fc2",
          .mlp_scale = "ls2"};
}

ProjectorNames chat_projector() {
  return {.prefix = "mlp1.", .norm = "mlp1.0", .first = "mlp1.1", .second = "mlp1.3"};
}

LanguageNames internlm2() {
  const std::string model = "language_model.model.";
  return {.embeddings = model + "tok_embeddings",
          .norm = model + "norm",
          .head = "language_model.output",
          .layers = model + "layers.",
          .attention_norm = "attention_norm",
          .qkv = {"attention.wqkv"},
          .packing = QkvPacking::kByKvHead,
          .out = "attention.wo",
          .feed_forward_norm = "ffn_norm",
          .gate_up = {"feed_forward.w1", "feed_forward.w3"},
          .down = "feed_forward.w2"};
}

// The names of Transformers' own families; `model` is what stands before `layers`.
LanguageNames transformers_family(const std::string& model, const std::string& head) {
  return {.embeddings = model + "embed_tokens",
          .norm = model + "norm",
          .head = head,
          .layers = model + "layers.",
          .attention_norm = "input_layernorm",
          .qkv = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"},
          .packing = QkvPacking::kStacked,
          .out = "self_attn.o_proj",
          .feed_forward_norm = "post_attention_layernorm",
          .gate_up = {"mlp.gate_proj", "mlp.up_proj"},
          .down = "mlp.down_proj"};
}

// The same with q, k, v in one tensor and gate, up in another.
LanguageNames phi3(const std::string& model, const std::string& head) {
  auto names = transformers_family(model, head);
  names.qkv = {"self_attn.qkv_proj"};
  names.gate_up = {"mlp.gate_up_proj"};
  return names;
}

VisionNames hugging_face_vision(const std::string& root) {
  const std::string prefix = root + "vision_tower.";
  return {.prefix = prefix,
          .class_row = prefix + "embeddings.cls_token",
          .position = prefix + "embeddings.position_embeddings",
          .patch = prefix + "embeddings.patch_embeddings.projection",
          .layers = prefix + "encoder.layer.",
          .attention_norm = "layernorm_before",
          .qkv = {"attention.q_proj", "attention.k_proj", "attention.v_proj"},
          .q_norm = "attention.q_norm",
          .k_norm = "attention.k_norm",
          .out = "attention.projection_layer",
          .attention_scale = "lambda_1",
          .mlp_norm = "layernorm_after",
          .first = "mlp.fc1",
          .second = "mlp.fc2",
          .mlp_scale = "lambda_2"};
}

TensorNames hugging_face(bool has_root) {
  const std::string root = has_root ? "model." : "";
  const auto projector = root + "multi_modal_projector.";
  return {.vision = hugging_face_vision(root),
          .projector = {.prefix = projector,
                        .norm = projector + "layer_norm",
                        .first = projector + "linear_1",
                        .second = projector + "linear_2"},
          .language = has_root
                          ? transformers_family("model.language_model.", "lm_head")
                          : transformers_family("language_model.model.", "language_model.lm_head")};
}

LanguageNames chat_language(LanguageArchitecture architecture) {
  switch (architecture) {
    case LanguageArchitecture::kInternLm2Ve:
    case LanguageArchitecture::kInternLm2:
      return internlm2();
    case LanguageArchitecture::kQwen2:
    case LanguageArchitecture::kLlama:
      return transformers_family("language_model.model.", "language_model.lm_head");
    case LanguageArchitecture::kPhi3:
      return phi3("language_model.model.", "language_model.lm_head");
  }
  fail("the tensor names of ", name_of(architecture), " are not known");
}

}  // namespace

TensorNames names_of(const ModelConfig& config, bool has_root) {
  if (config.layout == CheckpointLayout::kHuggingFace) return hugging_face(has_root);
  return {.vision = chat_vision(),
          .projector = chat_projector(),
          .language = chat_language(config.language.architecture)};
}

}  // namespace mono::model
