#pragma once

#include <string>

namespace mono::tasks {

/// Replaces each byte that belongs to no UTF-8 character by U+FFFD.
/// \returns whether there was none.
bool repair_utf8(std::string& text);

}  // namespace mono::tasks
