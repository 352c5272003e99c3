#pragma once

#include "model/config.h"
#include "model/config/collected_fields.h"

/// One reader for each nesting of config.json.
namespace mono::model {

/// `InternVLChatModel`: `llm_config`, `vision_config`, tiling and template in the file.
ModelConfig read_chat_config(const CollectedFields& fields);

/// `InternVLForConditionalGeneration`: `text_config`, `vision_config`; tiling and chat template are
/// not in the file but the same for the whole family.
ModelConfig read_hugging_face_config(const CollectedFields& fields);

}  // namespace mono::model
