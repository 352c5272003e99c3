#include "model/text/tokenizer_json.h"

#include <algorithm>
#include <utility>

#include "model/adapter.h"
#include "model/text/json_file.h"

namespace mono::model {

namespace {

using nlohmann::json;

constexpr const char* kAbsent = "absent";

/// A field and the values it may have, as JSON.
struct Requirement {
  const char* field = "";
  std::vector<std::string> allowed{};
};

/// How Qwen2's tokenizer.json writes the pattern that `word_pattern` in qwen2_tokenizer.cc means.
constexpr const char* kPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

const std::vector<Requirement>& requirements() {
  static const std::vector<Requirement> kRequirements = {
      {"/normalizer/type", {R"("NFC")"}},
      {"/pre_tokenizer/type", {R"("Sequence")"}},
      {"/pre_tokenizer/pretokenizers/0/type", {R"("Split")"}},
      {"/pre_tokenizer/pretokenizers/0/pattern/Regex", {json(kPattern).dump()}},
      {"/pre_tokenizer/pretokenizers/0/behavior", {R"("Isolated")"}},
      {"/pre_tokenizer/pretokenizers/0/invert", {"false"}},
      {"/pre_tokenizer/pretokenizers/1/type", {R"("ByteLevel")"}},
      {"/pre_tokenizer/pretokenizers/1/add_prefix_space", {"false"}},
      {"/pre_tokenizer/pretokenizers/1/use_regex", {"false"}},
      {"/pre_tokenizer/pretokenizers/2", {kAbsent}},
      {"/model/type", {R"("BPE")"}},
      {"/model/dropout", {"null", kAbsent}},
      {"/model/continuing_subword_prefix", {R"("")", "null", kAbsent}},
      {"/model/end_of_word_suffix", {R"("")", "null", kAbsent}},
      {"/model/byte_fallback", {"false", kAbsent}},
      {"/model/ignore_merges", {"false", kAbsent}},
  };
  return kRequirements;
}

void check(const json& tokenizer, const std::string& name) {
  for (const auto& [field, allowed] : requirements()) {
    const json::json_pointer pointer(field);
    const auto found = tokenizer.contains(pointer) ? tokenizer.at(pointer).dump() : kAbsent;
    if (std::find(allowed.begin(), allowed.end(), found) != allowed.end()) continue;
    fail(name, ": ", field, " is ", found, ", supported is ", allowed.front());
  }
}

/// Takes a field out, which must be an object or a list.
json take(json& tokenizer, const char* field, json::value_t type, const std::string& name) {
  const json::json_pointer pointer(field);
  if (!tokenizer.contains(pointer)) fail(name, ": no ", field);
  auto& value = tokenizer.at(pointer);
  if (value.type() != type) {
    fail(name, ": ", field, " must be ", json(type).type_name(), ", got ", value.type_name());
  }
  return std::move(value);
}

}  // namespace

TokenizerJson read_tokenizer_json(const std::filesystem::path& path) {
  const auto name = path.string();
  auto tokenizer = read_json_object(path);
  check(tokenizer, name);
  return {.vocabulary = take(tokenizer, "/model/vocab", json::value_t::object, name),
          .merges = take(tokenizer, "/model/merges", json::value_t::array, name),
          .added_tokens = take(tokenizer, "/added_tokens", json::value_t::array, name)};
}

}  // namespace mono::model
