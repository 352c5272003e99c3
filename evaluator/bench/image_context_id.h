#pragma once

#include <cstdint>
#include <filesystem>

namespace mono::bench {

/// The id of `<IMG_CONTEXT>`, read without a tokenizer: from added_tokens.json, or the added tokens
/// of tokenizer_config.json or tokenizer.json, whichever names it first.
/// \throws SetupError if none does.
int64_t stored_image_context_id(const std::filesystem::path& checkpoint);

}  // namespace mono::bench
