#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mono::model {

/// The 256 bytes in the order of their characters in byte-level vocabularies: those that print in
/// Latin-1 stand for themselves, the others follow as U+0100, U+0101 ...
///
/// Source: openai/gpt-2, src/encoder.py `bytes_to_unicode`.
std::span<const unsigned char> byte_order();

/// The bytes a token of a byte-level vocabulary file stands for; nothing if one of its characters
/// stands for no byte.
std::optional<std::string> bytes_of_token(std::string_view token);

}  // namespace mono::model
