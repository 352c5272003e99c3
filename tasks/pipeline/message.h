#pragma once

#include <string>
#include <string_view>

#include "tasks/task.h"

/// How a question becomes what the model is asked, for any benchmark of a pipeline.
namespace mono::tasks {

/// Whether a text holds a character U+4E00 to U+9FFF: VLMEvalKit then goes on in Chinese.
bool has_chinese(std::string_view text);

/// The question and the sentence that asks for a word or phrase, joined as the profile says.
std::string short_answer_text(const Sample& sample, const Profile& profile);

/// Hint, question, a line for each option, and the sentence that asks for a letter. VLMEvalKit
/// chooses its language by content, InternVL's scripts by data file.
/// Rule: open-compass/VLMEvalKit@e8e78f05 vlmeval/vlm/internvl/utils.py;
/// OpenGVLab/InternVL@2410d1d internvl_chat/eval/mmbench/evaluate_mmbench.py.
std::string multiple_choice_text(const Sample& sample, const Profile& profile);

/// The question of a set whose InternVL files hold it finished, options and all: as it is under
/// InternVL's pipeline where the sample has no options of its own, else `multiple_choice_text`.
std::string choice_text(const Sample& sample, const Profile& profile);

/// The request of a text and the sample's pictures: order, image markers, tile limits, decoding.
/// \throws model::SetupError if a picture's base64 text is broken.
model::Request build_request(const Sample& sample, std::string text, const Profile& profile,
                             Registration registration);

}  // namespace mono::tasks
