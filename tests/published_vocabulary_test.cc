#include <gtest/gtest.h>

#include <cstdlib>

#include "model/text/tokenizer.h"

namespace mono::model {
namespace {

using Ids = std::vector<int64_t>;

/// Texts and ids of the published InternLM2 vocabulary, worked out from the rules by an independent
/// implementation; read where the file is at hand.
class PublishedVocabularyTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* const named = std::getenv("MONO_FIXTURES");
    const std::filesystem::path candidates[] = {
        std::filesystem::path(named != nullptr ? named : MONO_DEFAULT_FIXTURES) / "tokenizers",
        std::filesystem::path(MONO_SOURCE_DIR) / "tests" / "fixtures" / "tokenizers"};
    for (const auto& folder : candidates) {
      const TokenizerFiles files = {.model = folder / "internlm2" / "tokenizer.model",
                                    .config = folder / "internvl2_2b" / "tokenizer_config.json"};
      if (!std::filesystem::exists(files.model) || !std::filesystem::exists(files.config)) continue;
      tokenizer_ = load_tokenizer(files);
      return;
    }
    GTEST_SKIP() << "no InternLM2 tokenizer.model in MONO_FIXTURES or " MONO_DEFAULT_FIXTURES;
  }

  Ids encode(std::string_view text) const { return tokenizer_->encode(text, /*adds_bos=*/false); }

  std::unique_ptr<Tokenizer> tokenizer_{};
};

TEST_F(PublishedVocabularyTest, EncodesTheSelfCheckVectors) {
  const std::pair<std::string_view, Ids> vectors[] = {
      {"user\n", {1008, 364}},
      {"assistant\n", {525, 11353, 364}},
      {"system\n", {9081, 364}},
      {"\n", {364}},
      {" ", {262}},
      {"  ", {387}},
      {"   ", {393}},
      {"Hello, world!", {9843, 328, 2028, 346}},
      {" Hello", {22190}},
      {"1234567", {4575, 1889, 3171}},
      {"\nPlease describe the image shortly.", {364, 5658, 7654, 410, 2321, 19789, 281}},
      {"Answer the question using a single word or phrase.",
       {16272, 410, 3568, 1817, 395, 3340, 3571, 607, 17272, 281}},
      {"你好", {77230}},
      {"\U0001F600", {243, 162, 155, 131}},
      {"a\tb\r\n", {264, 2383, 450}},
      {"ＡＢＥ", {66844, 67676, 92352}},
      {"——……", {92395, 92396}},
      {"[UNUSED_TOKEN_146]", {92543}},
      {"system\nYou are an AI assistant whose name is InternLM (书生·浦语).",
       {9081, 364, 2770, 657, 589, 15358, 17993, 6843, 963, 505, 4576, 11146, 451, 60628, 60384,
        60721, 62442, 60752, 699}}};
  for (const auto& [text, ids] : vectors) EXPECT_EQ(encode(text), ids) << text;
}

TEST_F(PublishedVocabularyTest, EncodesNulAsItsOwnPiece) {
  EXPECT_EQ(encode(std::string_view("\0", 1)), (Ids{354}));
}

TEST_F(PublishedVocabularyTest, FindsTheIdsOfTheChatTokens) {
  const std::pair<std::string_view, int64_t> tokens[] = {
      {"<|im_end|>", 92542},    {"<|im_start|>", 92543}, {"<img>", 92544}, {"</img>", 92545},
      {"<IMG_CONTEXT>", 92546}, {"</box>", 92552},       {"<s>", 1}};
  for (const auto& [token, id] : tokens) EXPECT_EQ(tokenizer_->token_id(token), id) << token;
  EXPECT_EQ(tokenizer_->vocab_size(), 92553);
  EXPECT_EQ(tokenizer_->pad_id(), 2);
}

}  // namespace
}  // namespace mono::model
