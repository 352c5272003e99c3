#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/adapter.h"

namespace mono::model {

/// The `question` VLMEvalKit's InternVL wrapper ("V2.0") hands to chat for a message of text and
/// image parts.
/// \param dataset  VLMEvalKit's dataset name; "" for none. Some data sets keep the order of the
///                 parts out of the question.
std::string vlmevalkit_question(std::span<const Part> parts, std::string_view dataset);

}  // namespace mono::model
