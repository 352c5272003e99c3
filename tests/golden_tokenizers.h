#pragma once

#include <filesystem>

#include "model/text/tokenizer.h"
#include "tests/golden_files.h"

namespace mono::tests {

inline std::filesystem::path golden_tokenizers() {
  return golden_data_file("fixtures/tokenizers");
}

/// The files of InternVL2-2B's tokenizer, which lie in two folders.
inline model::TokenizerFiles internlm2_files() {
  const auto config = golden_tokenizers() / "internvl2_2b";
  return {.model = golden_tokenizers() / "internlm2" / "tokenizer.model",
          .config = config / "tokenizer_config.json",
          .added_tokens = config / "added_tokens.json",
          .special_tokens_map = config / "special_tokens_map.json"};
}

}  // namespace mono::tests
