#pragma once

#include <cstddef>
#include <string_view>

namespace mono::tasks {

/// The least number of code points inserted, deleted or replaced that makes one text the other.
size_t levenshtein(std::string_view a, std::string_view b);

}  // namespace mono::tasks
