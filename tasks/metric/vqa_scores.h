#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// What is wrong with the number of a sample's references, those `vqa_scores` reads: InternVL's
/// script wants ten, VLMEvalKit's mean over one left out at a time needs two. "" where nothing is,
/// or where they are kept back.
std::string reference_fault(const Sample& sample, const Profile& profile);

/// The VQA soft accuracy of a set's answers (`vqa_accuracy`), each distinct text normalised once.
/// \throws model::SetupError if a row has other than ten references and the profile's pipeline is
///         InternVL's, which wants ten; if a row has none.
std::vector<std::optional<Score>> vqa_scores(std::span<const Row> rows, const Profile& profile,
                                             std::string_view task);

}  // namespace mono::tasks
