#include "model/text/byte_level_files.h"

#include <fstream>
#include <utility>

#include "model/adapter.h"
#include "model/text/byte_alphabet.h"
#include "model/text/json_file.h"
#include "model/text/tokenizer_json.h"

namespace mono::model {

namespace {

using nlohmann::json;
using TokenPair = std::pair<std::string, std::string>;

void add_bytes(const std::string& name, ByteLevelVocabulary& vocabulary) {
  for (const auto byte : byte_order()) {
    vocabulary.add_byte(byte, {.file = name, .list = ": byte ", .number = byte});
  }
}

/// Adds the tokens of an object from text to id, in the order of their ids.
void add_tokens(const json& ids, const std::string& name, ByteLevelVocabulary& vocabulary) {
  std::vector<const std::string*> tokens(ids.size());
  for (const auto& [token, id] : ids.get_ref<const json::object_t&>()) {
    if (!id.is_number_unsigned() || id.get<uint64_t>() >= tokens.size()) {
      fail(name, ": expected ids from 0 to ", tokens.size() - 1, ", got ", id.dump(), " for '",
           token, "'; cut short or malformed");
    }
    const auto*& known = tokens[id.get<size_t>()];
    if (known != nullptr) {
      fail(name, ": id ", id.dump(), " is that of '", *known, "' and of '", token, "'");
    }
    known = &token;
  }
  for (size_t id = 0; id < tokens.size(); ++id) {
    vocabulary.add_token(*tokens[id],
                         {.file = name, .list = ": token ", .number = static_cast<int64_t>(id)});
  }
}

/// Cuts "left right" at its one blank.
TokenPair split_pair(std::string_view pair, const FilePlace& place) {
  const auto blank = pair.find(' ');
  if (blank == std::string_view::npos || blank == 0 || blank + 1 == pair.size() ||
      pair.find(' ', blank + 1) != std::string_view::npos) {
    fail(place.text(), ": expected two tokens with a blank between them, got '", pair, "'");
  }
  return {std::string(pair.substr(0, blank)), std::string(pair.substr(blank + 1))};
}

/// Adds the merges of merges.txt, and the tokens they make unless vocab.json has listed them.
void add_merges_of_text(const std::filesystem::path& path, bool makes_tokens,
                        const TokenizerOptions& options, ByteLevelVocabulary& vocabulary) {
  const auto name = path.string();
  std::ifstream file(path);
  if (!file || std::filesystem::is_directory(path)) fail(name, ": cannot open");
  std::string line;
  for (int64_t number = 1; std::getline(file, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || (number == 1 && line.starts_with("#version:"))) continue;
    const FilePlace place = {.file = name, .list = ":", .number = number};
    const auto [left, right] = split_pair(line, place);
    if (makes_tokens) vocabulary.add_token(left + right, place);
    if (options.loses_hash_merges && line.starts_with('#')) continue;
    vocabulary.add_merge(left, right, place);
  }
  if (vocabulary.num_merges() == 0) fail(name, ": holds no merges");
}

/// A merge of tokenizer.json: "left right", or in newer files ["left", "right"].
TokenPair read_pair(const json& merge, const FilePlace& place) {
  if (merge.is_string()) return split_pair(merge.get_ref<const std::string&>(), place);
  if (!merge.is_array() || merge.size() != 2 || !merge[0].is_string() || !merge[1].is_string()) {
    fail(place.text(), ": expected two tokens, got ", merge.dump());
  }
  return merge.get<TokenPair>();
}

void add_merges_of_json(const json& merges, const std::string& name,
                        ByteLevelVocabulary& vocabulary) {
  for (const auto& merge : merges) {
    const FilePlace place = {.file = name, .list = ": merge ", .number = vocabulary.num_merges()};
    const auto [left, right] = read_pair(merge, place);
    vocabulary.add_merge(left, right, place);
  }
}

}  // namespace

ByteLevelFiles read_byte_level_files(const TokenizerFiles& files, const TokenizerOptions& options) {
  ByteLevelFiles read;
  std::string name;
  if (files.merges.empty()) {
    name = files.tokenizer_json.string();
    auto tokenizer = read_tokenizer_json(files.tokenizer_json);
    add_tokens(tokenizer.vocabulary, name, read.vocabulary);
    add_merges_of_json(tokenizer.merges, name, read.vocabulary);
    read.added_tokens = std::move(tokenizer.added_tokens);
  } else if (files.vocabulary.empty()) {
    name = files.merges.string();
    add_bytes(name, read.vocabulary);
    add_merges_of_text(files.merges, /*makes_tokens=*/true, options, read.vocabulary);
  } else {
    name = files.vocabulary.string();
    add_tokens(read_json_object(files.vocabulary), name, read.vocabulary);
    add_merges_of_text(files.merges, /*makes_tokens=*/false, options, read.vocabulary);
  }
  read.vocabulary.index_bytes(name);
  return read;
}

}  // namespace mono::model
