#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mono::tasks {

/// The first accepted answer that stands in the response: both stripped, newlines as blanks;
/// lower-cased, or, for formulas, as they are and without any blank.
/// Rule: Yuliang-Liu/MultimodalOCR OCRBench, and open-compass/VLMEvalKit@e8e78f05
/// vlmeval/dataset/image_vqa.py.
/// \returns nothing if none does.
std::optional<std::string> first_answer_in(std::string_view response,
                                           std::span<const std::string> accepted, bool is_formula);

}  // namespace mono::tasks
