#pragma once

#include <string>
#include <string_view>

#include "tasks/task.h"

/// The yes/no reading of MME's own tool and of InternVL's script before it.
namespace mono::tasks {

/// What InternVL's script writes for a response: newlines deleted, Chinese and English words for
/// right and wrong as `yes` and `no`, lower case, other Chinese characters deleted.
/// Rule: OpenGVLab/InternVL@2410d1d internvl_chat/eval/mme/eval.py, post_processing.
std::string clean_mme_answer(std::string_view response);

/// `yes` or `no` where its first four characters hold that word, `yes` first; else `other`.
/// Rule: OpenGVLab/InternVL@2410d1d internvl_chat/eval/mme/calculation.py, parse_pred_ans.
std::string read_mme_answer(std::string_view cleaned);

/// 1 where the cleaned response reads as the target. A response with a tab breaks its line of the
/// result file, which the tool drops: not counted.
/// \param target  `Yes` or `No` in any case.
Score score_mme_answer(std::string_view response, std::string_view target);

/// What is wrong with a sample that has a column for its picture's name; "" where nothing is.
std::string picture_fault(const Sample& sample);

/// Whether a row failed before its picture's name was known.
bool has_lost_picture(const Row& row);

/// What names a sample's picture; "" where nothing does.
std::string picture_name(const Sample& sample);

/// What names a sample's picture: the cell `image_path`, or `question_id` in the copy on the Hub.
/// \throws model::SetupError if the sample has neither.
std::string picture_of(const Sample& sample);

}  // namespace mono::tasks
