#pragma once

#include <string>
#include <string_view>

namespace mono::tasks {

/// SHA-256 of the bytes, 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

/// Whether the text is 64 lower-case hex digits.
bool is_sha256_hex(std::string_view text);

}  // namespace mono::tasks
