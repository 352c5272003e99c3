#include "model/text/tokenizer.h"

#include "model/adapter.h"
#include "model/text/internlm2_tokenizer.h"

namespace mono::model {

namespace {

std::filesystem::path if_present(const std::filesystem::path& path) {
  return std::filesystem::exists(path) ? path : std::filesystem::path();
}

}  // namespace

TokenizerFiles find_tokenizer_files(const std::filesystem::path& checkpoint) {
  TokenizerFiles files = {
      .model = if_present(checkpoint / "tokenizer.model"),
      .config = if_present(checkpoint / "tokenizer_config.json"),
      .added_tokens = if_present(checkpoint / "added_tokens.json"),
      .special_tokens_map = if_present(checkpoint / "special_tokens_map.json"),
  };
  if (files.model.empty()) {
    for (const auto* const name : {"tokenizer.json", "merges.txt"}) {
      if (!std::filesystem::exists(checkpoint / name)) continue;
      fail((checkpoint / name).string(), ": byte-level BPE is not supported yet");
    }
    fail(checkpoint.string(), ": no tokenizer.model (nor tokenizer.json, merges.txt)");
  }
  if (files.config.empty()) {
    fail((checkpoint / "tokenizer_config.json").string(),
         ": absent; the names of the special tokens are read from it");
  }
  return files;
}

std::unique_ptr<Tokenizer> load_tokenizer(const std::filesystem::path& checkpoint) {
  return load_tokenizer(find_tokenizer_files(checkpoint));
}

std::unique_ptr<Tokenizer> load_tokenizer(const TokenizerFiles& files) {
  return std::make_unique<InternLm2Tokenizer>(files);
}

}  // namespace mono::model
