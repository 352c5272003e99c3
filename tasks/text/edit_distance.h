#pragma once

#include <cstddef>
#include <string_view>

namespace mono::tasks {

/// The least number of code points inserted, deleted or replaced that makes one UTF-8 text the
/// other, as far as it matters: Levenshtein 1966, within a band of the table (Ukkonen 1985).
/// \returns the distance where it is at most `limit`, else `limit + 1`.
size_t edit_distance_within(std::string_view a, std::string_view b, size_t limit);

/// The same without a limit.
size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace mono::tasks
