#include "model/text/tokenizer.h"

#include <gtest/gtest.h>

#include "model/adapter.h"
#include "tests/tiny_tokenizer.h"

namespace mono::model {
namespace {

using tests::write_file;
using Ids = std::vector<int64_t>;

class TokenizerTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / "mono_tokenizer" / test->name();
    std::filesystem::remove_all(folder_);
    tests::write_tiny_tokenizer(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void replace_in_config(const std::string& from, const std::string& to) {
    std::string config(tests::kTinyTokenizerConfig);
    const auto at = config.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    write_file(folder_ / "tokenizer_config.json", config.replace(at, from.size(), to));
  }

  std::string error() const {
    try {
      load_tokenizer(folder_);
    } catch (const SetupError& cause) {
      return cause.what();
    }
    return "no error";
  }

  std::filesystem::path folder_{};
};

#define EXPECT_CONTAINS(text, part) EXPECT_PRED2(contains, text, part)
bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(TokenizerTest, PutsBosFirstAndOnlyOnRequest) {
  const auto tokenizer = load_tokenizer(folder_);
  EXPECT_EQ(tokenizer->encode("a"), (Ids{1, 259}));
  EXPECT_EQ(tokenizer->encode("a", /*adds_bos=*/false), (Ids{259}));
  EXPECT_EQ(tokenizer->encode(""), (Ids{1}));
}

TEST_F(TokenizerTest, LeavesBosOutAndAppendsEosWhereTheConfigurationSaysSo) {
  replace_in_config("{", R"({"add_bos_token": false, "add_eos_token": true,)");
  EXPECT_EQ(load_tokenizer(folder_)->encode("a"), (Ids{259, 2}));
}

TEST_F(TokenizerTest, CutsAtTheLongestAddedTokenAndEncodesEachSegmentAlone) {
  const auto tokenizer = load_tokenizer(folder_);
  EXPECT_EQ(tokenizer->encode("ab", false), (Ids{261}));
  EXPECT_EQ(tokenizer->encode("a<img>b", false), (Ids{259, 266, 260}));
  EXPECT_EQ(tokenizer->encode("<img>xa<img", false), (Ids{267, 259, 63, 108, 112, 106}));
  EXPECT_EQ(tokenizer->encode("<s>a</s>", false), (Ids{1, 259, 2}));
}

TEST_F(TokenizerTest, KeepsEveryBlank) {
  EXPECT_EQ(load_tokenizer(folder_)->encode(" a  b ", false), (Ids{262, 259, 262, 262, 260, 262}));
}

TEST_F(TokenizerTest, EncodesTheModelsOwnNameOfARenamedTokenToTheSameId) {
  const auto tokenizer = load_tokenizer(folder_);
  EXPECT_EQ(tokenizer->encode("[UNUSED]<|im_end|>", false), (Ids{263, 263}));
  EXPECT_EQ(tokenizer->token_id("<|im_end|>"), 263);
}

TEST_F(TokenizerTest, FallsBackToBytesForNulUnknownAndMalformedText) {
  const auto tokenizer = load_tokenizer(folder_);
  EXPECT_EQ(tokenizer->encode(std::string_view("\0a", 2), false), (Ids{3, 259}));
  EXPECT_EQ(tokenizer->encode("\xC3\xA9", false), (Ids{3 + 0xC3, 3 + 0xA9}));
  EXPECT_EQ(tokenizer->encode("\xFF", false), (Ids{3 + 0xEF, 3 + 0xBF, 3 + 0xBD}));  // U+FFFD
}

TEST_F(TokenizerTest, DecodesRunsOfBytesAndMarksInvalidOnes) {
  const auto tokenizer = load_tokenizer(folder_);
  EXPECT_EQ(tokenizer->decode(Ids{3 + 0xC3, 3 + 0xA9, 3 + 0xC3}), "\xC3\xA9\xEF\xBF\xBD");
}

TEST_F(TokenizerTest, DropsSpecialTokensAndKeepsTheOthersApart) {
  const auto tokenizer = load_tokenizer(folder_);
  const Ids ids = {1, 259, 266, 263, 260, 268, 260, 2};
  EXPECT_EQ(tokenizer->decode(ids), "ab <tool> b");
  // `<tool>` and `<img>` stand alone, joined by blanks; `<s>` and `<|im_end|>` get one before them.
  EXPECT_EQ(tokenizer->decode(ids, /*skips_special=*/false),
            " <s>a <img>  <|im_end|>b <tool>  b</s>");
}

TEST_F(TokenizerTest, CleansUpBlanksBeforePunctuationUnconditionally) {
  EXPECT_EQ(load_tokenizer(folder_)->decode(Ids{262, 259, 262, 264, 262, 260, 262, 265}), " a, b.");
}

TEST_F(TokenizerTest, RefusesToDecodeAnIdWithoutText) {
  const auto tokenizer = load_tokenizer(folder_);
  EXPECT_THROW(tokenizer->decode(Ids{269}), SetupError);
  EXPECT_THROW(tokenizer->decode(Ids{-1}), SetupError);
}

TEST_F(TokenizerTest, KnowsItsSizesAndItsTokens) {
  const auto tokenizer = load_tokenizer(folder_);
  EXPECT_EQ(tokenizer->vocab_size(), 269);
  EXPECT_EQ(tokenizer->pad_id(), 2);
  EXPECT_EQ(tokenizer->token_id("<img>x"), 267);
  EXPECT_EQ(tokenizer->token_id("ab"), 261);
  EXPECT_EQ(tokenizer->token_id("<unk>"), 0);
  EXPECT_EQ(tokenizer->token_id("nowhere"), std::nullopt);
}

// A quadratic encoder would be noticed: this takes milliseconds.
TEST_F(TokenizerTest, EncodesALongPrompt) {
  const auto tokenizer = load_tokenizer(folder_);
  std::string prompt = "ab ab";
  for (int i = 0; i < 100000; ++i) prompt += "<img>";
  EXPECT_EQ(tokenizer->encode(prompt).size(), 100004U);
}

TEST_F(TokenizerTest, NamesTheFilesItLookedFor) {
  std::filesystem::remove(folder_ / "tokenizer.model");
  EXPECT_CONTAINS(error(), "no tokenizer.model (nor tokenizer.json, merges.txt)");
}

TEST_F(TokenizerTest, RequiresTheConfiguration) {
  std::filesystem::remove(folder_ / "tokenizer_config.json");
  EXPECT_CONTAINS(error(), "tokenizer_config.json: absent");
  write_file(folder_ / "tokenizer_config.json", "{");
  EXPECT_CONTAINS(error(), "tokenizer_config.json: [json.exception.parse_error");
  write_file(folder_ / "tokenizer_config.json", "[]");
  EXPECT_CONTAINS(error(), "expected a JSON object, got array");
}

TEST_F(TokenizerTest, RefusesAModelCutShortAtAnyByte) {
  const auto whole = tests::tiny_pieces().data();
  const auto pieces = tests::tiny_pieces().pieces_only().size();
  for (const size_t length :
       {size_t{0}, size_t{1}, size_t{100}, pieces - 1, pieces, pieces + 3, whole.size() - 1}) {
    write_file(folder_ / "tokenizer.model", whole.substr(0, length));
    EXPECT_CONTAINS(error(), "no whole SentencePiece model") << length << " bytes";
  }
  write_file(folder_ / "tokenizer.model", "version https://git-lfs.github.com/spec/v1\n");
  EXPECT_CONTAINS(error(), "no whole SentencePiece model");
}

TEST_F(TokenizerTest, RefusesAModelWithTooFewPiecesForTheAddedTokens) {
  write_file(folder_ / "tokenizer.model", tests::TinySentencePiece().data());
  EXPECT_CONTAINS(error(), "'<|im_end|>' with id 263; wrong file or cut short");
}

TEST_F(TokenizerTest, RefusesContradictoryIds) {
  write_file(folder_ / "added_tokens.json", R"({"<img>": 267})");
  EXPECT_CONTAINS(error(), "added_tokens.json: token '<img>' has id 267, elsewhere 266");
  write_file(folder_ / "added_tokens.json", R"({"<box>": 266})");
  EXPECT_CONTAINS(error(), "token id 266 is '<box>', elsewhere '<img>'");
  write_file(folder_ / "added_tokens.json", R"({"<img>": -1})");
  EXPECT_CONTAINS(error(), "'<img>' has no id: -1");
}

TEST_F(TokenizerTest, RefusesContradictoryOrUnknownSpecialTokens) {
  const auto map = folder_ / "special_tokens_map.json";
  write_file(map, R"({"pad_token": {"content": "<unk>"}})");
  EXPECT_CONTAINS(error(), "pad_token is '<unk>', elsewhere '</s>'");
  write_file(map, R"({"additional_special_tokens": ["<new>"]})");
  EXPECT_CONTAINS(error(), "special token '<new>' has no id in any file");
  write_file(map, R"({"additional_special_tokens": "<img>"})");
  EXPECT_CONTAINS(error(), "'additional_special_tokens' is no list");
  write_file(map, R"({"mask_token": 7})");
  EXPECT_CONTAINS(error(), "a token must be a text or an object with 'content', got 7");
}

TEST_F(TokenizerTest, RefusesWhatItDoesNotImplement) {
  replace_in_config("InternLM2Tokenizer", "GPT2Tokenizer");
  EXPECT_CONTAINS(error(), "tokenizer_class is \"GPT2Tokenizer\"");
  replace_in_config("\"lstrip\": false", "\"lstrip\": true");
  EXPECT_CONTAINS(error(), "token \"<|im_end|>\" sets 'lstrip', which is not supported");
}

TEST_F(TokenizerTest, RefusesMalformedEntriesOfTheConfiguration) {
  replace_in_config("\"263\"", "\"2x\"");
  EXPECT_CONTAINS(error(), "'2x' is no token id");
  replace_in_config("{", R"({"add_bos_token": "yes",)");
  EXPECT_CONTAINS(error(), "add_bos_token must be true or false, got \"yes\"");
  replace_in_config("\"pad_token\": \"</s>\",", "");
  EXPECT_CONTAINS(error(), "no 'pad_token'");
  replace_in_config("\"<img>\",", "\"\",");
  EXPECT_CONTAINS(error(), "a token must be a text");
}

}  // namespace
}  // namespace mono::model
