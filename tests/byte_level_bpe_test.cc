// Byte-level BPE on a vocabulary small enough to work out ids by hand.

#include <gtest/gtest.h>

#include "model/adapter.h"
#include "model/text/byte_alphabet.h"
#include "model/text/byte_level_vocabulary.h"
#include "model/text/byte_pair_merger.h"
#include "model/text/split_pattern.h"
#include "model/text/tokenizer.h"
#include "model/text/unicode_text.h"
#include "tests/tiny_byte_level.h"

namespace mono::model {
namespace {

using tests::write_file;
using Ids = std::vector<int64_t>;

class ByteLevelBpeTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / "mono_byte_level" / test->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    write_file(folder_ / "tokenizer_config.json", tests::tiny_byte_level_config().dump());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Tokenizer> from_merges(const TokenizerOptions& options = {}) const {
    write_file(folder_ / "merges.txt", tests::kTinyMerges);
    return load_tokenizer(folder_, options);
  }

  std::filesystem::path folder_{};
};

std::string repeated(const std::string& text, int times) {
  std::string whole;
  for (int i = 0; i < times; ++i) whole += text;
  return whole;
}

TEST_F(ByteLevelBpeTest, NumbersTheBytesPrintableOnesFirst) {
  const auto tokenizer = from_merges();
  EXPECT_EQ(tokenizer->encode("!~"), (Ids{0, 93}));
  EXPECT_EQ(tokenizer->encode("\xC3\xBF"), (Ids{0xC3 - 0xAE + 106, 0xBF - 0xAE + 106}));  // U+00FF
  EXPECT_EQ(tokenizer->encode(std::string_view("\0", 1)), (Ids{188}));
  EXPECT_EQ(tokenizer->encode(" "), (Ids{220}));
  EXPECT_EQ(tokenizer->encode("\x7F"), (Ids{221}));
}

TEST_F(ByteLevelBpeTest, MergesByRankInsideWordsOnly) {
  const auto tokenizer = from_merges();
  EXPECT_EQ(tokenizer->encode("ab abab"), (Ids{256, 257, 256}));
  EXPECT_EQ(tokenizer->encode("a"), (Ids{64}));
  EXPECT_EQ(tokenizer->encode(""), Ids{});
  EXPECT_EQ(tokenizer->encode("a1b"), (Ids{64, 16, 65}));
}

TEST_F(ByteLevelBpeTest, MergesAPairEverywhereBeforeWhatItMakes) {
  ByteLevelVocabulary vocabulary;
  for (const auto byte : byte_order()) vocabulary.add_byte(byte, {});
  for (const auto* const token : {"bc", "abc", "abca"}) vocabulary.add_token(token, {});
  vocabulary.add_merge("b", "c", {});
  vocabulary.add_merge("abc", "a", {});  // ranks before the merge that makes its left part
  vocabulary.add_merge("a", "bc", {});
  vocabulary.index_bytes("");
  Ids ids;
  BytePairMerger merger(vocabulary);
  merger.encode("abcabc", ids);
  EXPECT_EQ(ids, (Ids{257, 257}));
  ids.clear();
  merger.encode("abca", ids);
  EXPECT_EQ(ids, (Ids{258}));
}

TEST_F(ByteLevelBpeTest, NeverPutsBosFirst) {
  const auto tokenizer = from_merges();
  EXPECT_EQ(tokenizer->encode("ab", /*adds_bos=*/true), (Ids{256}));
  EXPECT_EQ(tokenizer->encode("ab", /*adds_bos=*/false), (Ids{256}));
}

TEST_F(ByteLevelBpeTest, LosesMergesThatBeginWithHashOnRequestOnly) {
  EXPECT_EQ(from_merges()->encode("## ab"), (Ids{258, 257}));
  const auto pinned = from_merges({.loses_hash_merges = true});
  EXPECT_EQ(pinned->encode("## ab"), (Ids{2, 2, 257}));
  EXPECT_EQ(pinned->decode(Ids{258}), "##");
}

TEST_F(ByteLevelBpeTest, CutsAtTheLongestAddedToken) {
  const auto tokenizer = from_merges();
  EXPECT_EQ(tokenizer->encode("a<img>b"), (Ids{64, 261, 65}));
  EXPECT_EQ(tokenizer->encode("a<img>xb"), (Ids{64, 262, 65}));
  EXPECT_EQ(tokenizer->encode("<tool>"), (Ids{263}));
}

TEST_F(ByteLevelBpeTest, ComposesBeforeLookingForAddedTokens) {
  const auto tokenizer = from_merges();
  EXPECT_EQ(tokenizer->encode("e\u0301"), tokenizer->encode("\u00E9"));
  EXPECT_EQ(tokenizer->encode("\u212B"), tokenizer->encode("\u00C5"));
  // U+003E U+0338 compose to U+226F: what is left of "<img>" is no token.
  EXPECT_EQ(tokenizer->encode("<img>\u0338"), tokenizer->encode("<img\u226F"));
  EXPECT_EQ(tokenizer->encode("<img\u226F").size(), 7U);
}

TEST_F(ByteLevelBpeTest, ReplacesMalformedUtf8) {
  const auto tokenizer = from_merges();
  const auto replacement = tokenizer->encode("\uFFFD");
  EXPECT_EQ(replacement.size(), 3U);
  EXPECT_EQ(tokenizer->encode("\xFF"), replacement);
  EXPECT_EQ(tokenizer->encode("\xE4\xBD"), replacement);
  EXPECT_EQ(tokenizer->encode("a\xC0z"), tokenizer->encode("a\uFFFDz"));
}

TEST_F(ByteLevelBpeTest, DecodesBytesAndMarksMaximalMalformedParts) {
  const auto tokenizer = from_merges();
  auto ids = tokenizer->encode("\u4F60");
  EXPECT_EQ(tokenizer->decode(ids), "\u4F60");
  ids.pop_back();
  EXPECT_EQ(tokenizer->decode(ids), "\uFFFD");
  EXPECT_EQ(tokenizer->decode(Ids{188}), std::string(1, '\0'));
}

TEST_F(ByteLevelBpeTest, DropsSpecialTokensAndKeepsOtherAddedOnes) {
  const auto tokenizer = from_merges();
  const Ids ids = {260, 64, 261, 263, 257};
  EXPECT_EQ(tokenizer->decode(ids), "a<tool> ab");
  EXPECT_EQ(tokenizer->decode(ids, /*skips_special=*/false), "<|end|>a<img><tool> ab");
  // What is left closes up: the three bytes of U+4F60 around a special token.
  auto around = tokenizer->encode("\u4F60");
  around.insert(around.begin() + 1, 261);
  EXPECT_EQ(tokenizer->decode(around), "\u4F60");
}

TEST_F(ByteLevelBpeTest, CleansUpOnlyWhereTheConfigurationSaysSo) {
  EXPECT_EQ(from_merges()->decode(Ids{64, 220, 13}), "a .");
  auto config = tests::tiny_byte_level_config();
  config["clean_up_tokenization_spaces"] = true;
  write_file(folder_ / "tokenizer_config.json", config.dump());
  EXPECT_EQ(load_tokenizer(folder_)->decode(Ids{64, 220, 13}), "a.");
}

TEST_F(ByteLevelBpeTest, RefusesToDecodeAnIdWithoutText) {
  const auto tokenizer = from_merges();
  EXPECT_THROW(tokenizer->decode(Ids{264}), SetupError);
  EXPECT_THROW(tokenizer->decode(Ids{-1}), SetupError);
}

TEST_F(ByteLevelBpeTest, KnowsItsSizesAndItsTokens) {
  const auto tokenizer = from_merges();
  EXPECT_EQ(tokenizer->vocab_size(), 264);
  EXPECT_EQ(tokenizer->pad_id(), 260);
  EXPECT_EQ(tokenizer->token_id("<img>"), 261);
  EXPECT_EQ(tokenizer->token_id("\u0120ab"), 257);
  EXPECT_EQ(tokenizer->token_id("ba"), std::nullopt);
  EXPECT_EQ(tokenizer->token_id("\u4F60"), std::nullopt);
}

// A quadratic encoder would be noticed: each of these takes well under a second.
TEST_F(ByteLevelBpeTest, EncodesLongWords) {
  const auto tokenizer = from_merges();
  for (const std::string unit : {"ab", "a", " ", ".", "\n", " \n", "1", "\u4F60"}) {
    const auto text = repeated(unit, 200000);
    const auto ids = tokenizer->encode(text);
    EXPECT_EQ(tokenizer->decode(ids), text) << unit;
  }
}

TEST(ByteAlphabetTest, ReadsTokensAsBytes) {
  EXPECT_EQ(bytes_of_token("\u0120a\u0100\u00FF"), std::string(" a\0\xFF", 4));
  EXPECT_EQ(bytes_of_token("\u0143"), "\xAD");
  EXPECT_EQ(bytes_of_token("a b"), std::nullopt);
  EXPECT_EQ(bytes_of_token("\u0144"), std::nullopt);
  EXPECT_EQ(bytes_of_token("\xC4"), std::nullopt);
}

TEST(UnicodeTextTest, ReplacesMaximalMalformedParts) {
  const std::pair<std::string, int> cases[] = {
      {"\x80", 1},     {"\xC0\xAF", 2},     {"\xE0\x80\x80", 3}, {"\xED\xA0\x80", 3},
      {"\xE4\xBD", 1}, {"\xF0\x9F\x98", 1}, {"\xF0\x80", 2},     {"\xF4\x90\x80\x80", 4},
      {"\xF5\x80", 2}, {"\xE4\xE4", 2},     {"\xF0\x9F\xF0", 2}};
  for (const auto& [bytes, times] : cases) {
    EXPECT_EQ(replace_malformed_utf8(bytes + "b"), repeated("\uFFFD", times) + "b");
  }
  EXPECT_EQ(replace_malformed_utf8("\u4F60\U0010FFFF"), "\u4F60\U0010FFFF");
}

TEST(UnicodeTextTest, RefusesATextOfTwoGigabytes) {
  const std::string_view too_long("", size_t{1} << 31);  // refused before it is read
  EXPECT_THROW(replace_malformed_utf8(too_long), SetupError);
}

TEST(SplitPatternTest, NamesWhatIsWrong) {
  EXPECT_THROW(SplitPattern("a("), SetupError);
  const auto ignore = [](std::string_view) {};
  EXPECT_THROW(SplitPattern("a").for_each_word("ab", ignore), SetupError);
  EXPECT_THROW(SplitPattern("a|").for_each_word("ab", ignore), SetupError);
}

}  // namespace
}  // namespace mono::model
