#pragma once

#include "model/config.h"
#include "model/json_fields.h"

namespace mono::model {

/// `rope_scaling` of `llm_config` as the family's class of Transformers 4.37.2 reads it: Qwen2
/// ignores it, Phi-3 knows "su" and "yarn", the others "linear" and "dynamic". Null scales nothing.
///
/// Rules: OpenGVLab/InternVL@2410d1d, internvl_chat/internvl/model/internlm2/modeling_internlm2.py
/// and phi3/modeling_phi3.py, `_init_rope`; huggingface/transformers v4.37.2, models/llama and
/// models/qwen2.
/// \throws SetupError naming the field: another kind, a factor below 1, a list that is none.
RopeScaling chat_rope_scaling(const JsonFields& language, LanguageArchitecture architecture);

/// `rope_parameters` of `text_config`, or in older files `rope_theta` and `rope_scaling`, into
/// `config`: kinds "default", "linear" and "dynamic", for every family.
///
/// Rules: huggingface/transformers, src/transformers/modeling_rope_utils.py.
/// \throws SetupError as above.
void read_hugging_face_rope(const JsonFields& text, LanguageConfig& config);

/// An object with a kind under `type_field`: "linear" or "dynamic", with a factor.
/// \throws SetupError as above.
RopeScaling factor_scaling(const JsonFields& scaling, const std::string& type_field);

}  // namespace mono::model
