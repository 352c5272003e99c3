// What the files of a byte-level tokenizer may look like, and what is said of those that may not.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "model/text/tokenizer.h"
#include "tests/tiny_byte_level.h"

namespace mono::model {
namespace {

using nlohmann::json;
using tests::write_file;
using Ids = std::vector<int64_t>;

class ByteLevelFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / "mono_byte_level_files" / test->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    write_file(folder_ / "tokenizer_config.json", tests::tiny_byte_level_config().dump());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Tokenizer> from_merges() const {
    write_file(folder_ / "merges.txt", tests::kTinyMerges);
    return load_tokenizer(folder_);
  }

  std::string error() const {
    try {
      load_tokenizer(folder_);
    } catch (const SetupError& cause) {
      return cause.what();
    }
    return "no error";
  }

  std::string error_of_merges(const std::string& merges) const {
    write_file(folder_ / "merges.txt", merges);
    return error();
  }

  std::string error_of_json(const std::string& pointer, const json& value) const {
    auto tokenizer = tests::tiny_tokenizer_json();
    tokenizer[json::json_pointer(pointer)] = value;
    write_file(folder_ / "tokenizer.json", tokenizer.dump());
    return error();
  }

  std::string error_of_config(const std::string& name, const json& value) const {
    auto config = tests::tiny_byte_level_config();
    config[name] = value;
    write_file(folder_ / "tokenizer_config.json", config.dump());
    return error_of_merges(tests::kTinyMerges);
  }

  std::filesystem::path folder_{};
};

#define EXPECT_CONTAINS(text, part) EXPECT_PRED2(contains, text, part)
bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(ByteLevelFilesTest, ReadsTheSameTokenizerFromEveryKindOfFile) {
  const std::string text = "ab ## <img>xabab\u4F60";
  const auto expected = from_merges()->encode(text);
  write_file(folder_ / "tokenizer.json", tests::tiny_tokenizer_json().dump());
  std::filesystem::remove(folder_ / "merges.txt");
  EXPECT_EQ(load_tokenizer(folder_)->encode(text), expected);

  auto newer = tests::tiny_tokenizer_json();
  newer["model"]["merges"] =
      json::parse(R"([["a","b"],["\u0120","ab"],["#","#"],["##","\u0120"]])");
  write_file(folder_ / "tokenizer.json", newer.dump());
  EXPECT_EQ(load_tokenizer(folder_)->encode(text), expected);

  write_file(folder_ / "vocab.json", newer["model"]["vocab"].dump());
  write_file(folder_ / "merges.txt", tests::kTinyMerges);
  write_file(folder_ / "tokenizer.json", "no JSON: not read where vocab.json and merges.txt are");
  EXPECT_EQ(load_tokenizer(folder_)->encode(text), expected);
}

TEST_F(ByteLevelFilesTest, RefusesMalformedMerges) {
  EXPECT_CONTAINS(error_of_merges("#version: 0.2\na b\nab\n"),
                  "merges.txt:3: expected two tokens with a blank between them, got 'ab'");
  EXPECT_CONTAINS(error_of_merges("a b c\n"), "merges.txt:1: expected two tokens");
  EXPECT_CONTAINS(error_of_merges(" b\n"), "merges.txt:1: expected two tokens");
  EXPECT_CONTAINS(error_of_merges("a b\nxy z\n"), "merges.txt:2: 'xy' is not in the vocabulary");
  EXPECT_CONTAINS(error_of_merges("a b\na b\n"), "merges.txt:2: the token of id 257 is already");
  EXPECT_CONTAINS(error_of_merges("a \xFF\n"), "is no token of the byte alphabet");
  EXPECT_CONTAINS(error_of_merges("a \u4F60\n"), "is no token of the byte alphabet");
  EXPECT_CONTAINS(error_of_merges("#version: 0.2\n"), "merges.txt: holds no merges");
  EXPECT_CONTAINS(error_of_merges("#version: 0.2\na b\n"),
                  "merges.txt: holds the ids below 257, but the first added token beyond 256 is "
                  "'<|end|>' with id 260; wrong file or cut short");
  std::filesystem::remove(folder_ / "merges.txt");
  std::filesystem::create_directories(folder_ / "merges.txt");
  EXPECT_CONTAINS(error(), "merges.txt: cannot open");
}

TEST_F(ByteLevelFilesTest, ReadsMergesWithWindowsLineEnds) {
  write_file(folder_ / "merges.txt",
             "#version: 0.2\r\na b\r\n\xC4\xA0 ab\r\n# #\r\n## \xC4\xA0\r\n");
  EXPECT_EQ(load_tokenizer(folder_)->encode("## ab"), (Ids{258, 257}));
}

TEST_F(ByteLevelFilesTest, RefusesAMalformedVocabulary) {
  const auto whole = tests::tiny_tokenizer_json()["model"]["vocab"];
  const auto error_of = [&](const std::string& token, const json& id) {
    auto vocabulary = whole;
    vocabulary[token] = id;
    write_file(folder_ / "vocab.json", vocabulary.dump());
    return error_of_merges(tests::kTinyMerges);
  };
  EXPECT_CONTAINS(error_of("ab", 5), "vocab.json: id 5 is that of '&' and of 'ab'");
  EXPECT_CONTAINS(error_of("ab", 260), "expected ids from 0 to 259, got 260 for 'ab'");
  EXPECT_CONTAINS(error_of("ab", "x"), "got \"x\" for 'ab'");
  EXPECT_CONTAINS(error_of("\u4F60", 260), "vocab.json: token 260: ");
  EXPECT_CONTAINS(error_of_merges("a b\na b\n"), "no token of the byte alphabet");
  write_file(folder_ / "vocab.json", whole.dump());
  EXPECT_CONTAINS(error_of_merges("a b\na b\n"),
                  "merges.txt:2: 'a' and 'b' are merged a second time");
  EXPECT_CONTAINS(error_of_merges("b a\n"), "merges.txt:1: 'ba' is not in the vocabulary");
  auto without = whole;
  without.erase("a");
  without["zz"] = 64;
  write_file(folder_ / "vocab.json", without.dump());
  EXPECT_CONTAINS(error_of_merges("# #\n"), "vocab.json: byte 0x61 is no token");
  write_file(folder_ / "vocab.json", whole.dump().substr(0, 300));
  EXPECT_CONTAINS(error(), "vocab.json: [json.exception.parse_error");
}

TEST_F(ByteLevelFilesTest, RefusesAMalformedTokenizerJson) {
  EXPECT_CONTAINS(error_of_json("/normalizer", nullptr), "/normalizer/type is absent");
  EXPECT_CONTAINS(error_of_json("/model/type", "Unigram"), "/model/type is \"Unigram\"");
  EXPECT_CONTAINS(error_of_json("/model/byte_fallback", true), "/model/byte_fallback is true");
  EXPECT_CONTAINS(error_of_json("/pre_tokenizer/pretokenizers/0/pattern/Regex", "\\d+"),
                  "Regex is \"\\\\d+\"");
  EXPECT_CONTAINS(error_of_json("/model/vocab", json::array()),
                  "/model/vocab must be object, got array");
  EXPECT_CONTAINS(error_of_json("/model/merges", {"a b", 7}),
                  "merge 1: expected two tokens, got 7");
  EXPECT_CONTAINS(error_of_json("/model/merges", {"a b", "b"}), "merge 1: expected two tokens");
  EXPECT_CONTAINS(error_of_json("/added_tokens", {{{"content", "<x>"}}}), "'<x>' has no id");
  EXPECT_CONTAINS(error_of_json("/added_tokens", {{{"content", "<x>"}, {"id", 261}}}),
                  "token id 261 is '<x>', elsewhere '<img>'");
  auto without = tests::tiny_tokenizer_json();
  without.erase("added_tokens");
  write_file(folder_ / "tokenizer.json", without.dump());
  EXPECT_CONTAINS(error(), "tokenizer.json: no /added_tokens");
  const auto whole = tests::tiny_tokenizer_json().dump(1);
  for (const size_t length : {size_t{0}, size_t{1}, whole.size() / 2, whole.size() - 1}) {
    write_file(folder_ / "tokenizer.json", whole.substr(0, length));
    EXPECT_CONTAINS(error(), "parse error at line ") << length;
  }
}

TEST_F(ByteLevelFilesTest, RefusesAConfigurationItDoesNotImplement) {
  EXPECT_CONTAINS(error_of_config("tokenizer_class", "GPT2Tokenizer"), "supported is \"Qwen2");
  EXPECT_CONTAINS(error_of_config("errors", "strict"), "errors is \"strict\"");
  EXPECT_CONTAINS(error_of_config("add_prefix_space", true), "add_prefix_space is not supported");
  EXPECT_CONTAINS(error_of_config("split_special_tokens", true), "is not supported");
  EXPECT_CONTAINS(error_of_config("pad_token", nullptr), "no 'pad_token'");
  EXPECT_CONTAINS(error_of_config("pad_token", "<pad>"), "'<pad>' has no id in any file");
  EXPECT_EQ(error_of_config("tokenizer_class", "Qwen2TokenizerFast"), "no error");
}

}  // namespace
}  // namespace mono::model
