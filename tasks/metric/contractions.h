#pragma once

#include <string>
#include <string_view>

namespace mono::tasks {

/// The word with its apostrophe put back, `dont` to `don't`, as the VQA evaluators' table of 120
/// contractions has it; other words as they are.
std::string_view with_apostrophe(std::string_view word);

}  // namespace mono::tasks
