#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/adapter.h"

namespace mono::model {

/// The `question` VLMEvalKit's InternVL wrapper ("V2.0") hands to chat for a message of text and
/// image parts.
/// One image: its placeholder, then the texts, one a line. Several: a header with a placeholder for
/// each, then the parts in order, images by name; a run of all names is removed.
/// \param dataset  VLMEvalKit's dataset name, "" for none: MUIRBench names placeholders instead.
/// Rule: open-compass/VLMEvalKit@e8e78f0, vlmeval/vlm/internvl/utils.py `reorganize_prompt`.
std::string vlmevalkit_question(std::span<const Part> parts, std::string_view dataset);

}  // namespace mono::model
