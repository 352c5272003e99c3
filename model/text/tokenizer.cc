#include "model/text/tokenizer.h"

#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "model/text/internlm2_tokenizer.h"
#include "model/text/json_file.h"
#include "model/text/llama_tokenizer.h"
#include "model/text/qwen2_tokenizer.h"

namespace mono::model {

namespace {

std::filesystem::path if_present(const std::filesystem::path& path) {
  return std::filesystem::exists(path) ? path : std::filesystem::path();
}

/// Chosen by `tokenizer_class`; InternLM2 where a file names none.
std::unique_ptr<Tokenizer> load_sentencepiece(const TokenizerFiles& files) {
  const auto config = read_json_object(files.config);
  const auto name = config.value("tokenizer_class", nlohmann::json("InternLM2Tokenizer"));
  if (name == "InternLM2Tokenizer") return std::make_unique<InternLm2Tokenizer>(files, config);
  if (name == "LlamaTokenizer") return std::make_unique<LlamaTokenizer>(files, config);
  fail(files.config.string(), ": tokenizer_class is ", name.dump(),
       ", supported are \"InternLM2Tokenizer\" and \"LlamaTokenizer\"");
}

}  // namespace

TokenizerFiles find_tokenizer_files(const std::filesystem::path& checkpoint) {
  const auto model = if_present(checkpoint / "tokenizer.model");
  const auto vocabulary = if_present(checkpoint / "vocab.json");
  const auto merges = if_present(checkpoint / "merges.txt");
  const auto tokenizer_json = if_present(checkpoint / "tokenizer.json");
  TokenizerFiles files = {
      .config = if_present(checkpoint / "tokenizer_config.json"),
      .added_tokens = if_present(checkpoint / "added_tokens.json"),
      .special_tokens_map = if_present(checkpoint / "special_tokens_map.json"),
  };
  std::string problems;
  if (!model.empty()) {
    files.model = model;
  } else if (!tokenizer_json.empty() && (vocabulary.empty() || merges.empty())) {
    files.tokenizer_json = tokenizer_json;
  } else if (!merges.empty()) {
    files.vocabulary = vocabulary;
    files.merges = merges;
  } else {
    problems = checkpoint.string() + ": no tokenizer.model (nor tokenizer.json, merges.txt)";
  }
  if (files.config.empty()) {
    problems.append(problems.empty() ? "" : "\n")
        .append((checkpoint / "tokenizer_config.json").string())
        .append(": absent; the names of the special tokens are read from it");
  }
  if (!problems.empty()) fail(problems);
  return files;
}

std::unique_ptr<Tokenizer> load_tokenizer(const std::filesystem::path& checkpoint,
                                          const TokenizerOptions& options) {
  return load_tokenizer(find_tokenizer_files(checkpoint), options);
}

std::unique_ptr<Tokenizer> load_tokenizer(const TokenizerFiles& files,
                                          const TokenizerOptions& options) {
  if (!files.model.empty()) return load_sentencepiece(files);
  return std::make_unique<Qwen2Tokenizer>(files, options);
}

}  // namespace mono::model
