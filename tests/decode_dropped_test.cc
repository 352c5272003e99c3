// Steps started ahead that serve a call in part, or not at all.
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "tests/decode_play.h"

namespace mono::model {
namespace {

using DecodeDroppedTest = DecodeAheadTest;

TEST_F(DecodeDroppedTest, NothingIsStartedForAnUnknownOutlookOrForLogits) {
  DecodeBatch batch(model_.decoder(), 2, 1024, true);
  std::vector<NextToken> tokens{
      {.slot = batch.admit(read({1, 5})), .token_id = 4, .outlook = Outlook::kGoesOn},
      {.slot = batch.admit(read({2, 8, 9})), .token_id = 6, .outlook = Outlook::kUnknown}};
  batch.step(tokens, nullptr);
  tokens[1].outlook = Outlook::kGoesOn;
  at::Tensor logits;
  batch.step(tokens, &logits);
  tokens[0].outlook = tokens[1].outlook = Outlook::kEnds;
  batch.step(tokens, nullptr);
  EXPECT_EQ(batch.ahead_counts().num_started, 0);
}

TEST_F(DecodeDroppedTest, AStepWhoseLogitsAreAskedForIsDoneAnew) {
  DecodeBatch in_turn(model_.decoder(), 1, 1024);
  DecodeBatch ahead(model_.decoder(), 1, 1024, true);
  at::Tensor expected;
  at::Tensor actual;
  for (const auto& [batch, logits] : {std::pair{&in_turn, &expected}, {&ahead, &actual}}) {
    NextToken token{.slot = batch->admit(read({1, 5})), .token_id = 4, .outlook = Outlook::kGoesOn};
    token.token_id = batch->step({&token, 1}, nullptr).front().token_id;
    batch->step({&token, 1}, logits);
  }
  EXPECT_EQ(ahead.ahead_counts().num_dropped, 1);
  EXPECT_TRUE(at::equal(actual, expected));
}

TEST_F(DecodeDroppedTest, ATokenOtherThanTheChosenOneIsReadAsAsked) {
  DecodeBatch in_turn(model_.decoder(), 1, 1024);
  DecodeBatch ahead(model_.decoder(), 1, 1024, true);
  std::vector<NextChoice> last;
  std::vector<at::Tensor> caches;
  for (auto* batch : {&in_turn, &ahead}) {
    NextToken token{.slot = batch->admit(read({1, 5})), .token_id = 4, .outlook = Outlook::kGoesOn};
    token.token_id = (batch->step({&token, 1}, nullptr).front().token_id + 1) % 29;
    last.push_back(batch->step({&token, 1}, nullptr).front());
    caches.push_back(batch->state_of(token.slot).cache.filled().clone());
  }
  EXPECT_EQ(ahead.ahead_counts().num_dropped, 1);
  EXPECT_EQ(last[1].token_id, last[0].token_id);
  EXPECT_TRUE(at::equal(caches[1], caches[0]));
}

TEST_F(DecodeDroppedTest, SomeOfTheSequencesInAnyOrderAreServed) {
  DecodeBatch in_turn(model_.decoder(), 4, 1024);
  DecodeBatch ahead(model_.decoder(), 4, 1024, true);
  std::vector<std::vector<int64_t>> chosen;
  for (auto* batch : {&in_turn, &ahead}) {
    std::vector<NextToken> tokens;
    tokens.reserve(4);
    for (int64_t i = 0; i < 4; ++i) {
      tokens.push_back({.slot = batch->admit(read({1, 3 + 2 * i, 20 - i})),
                        .token_id = 4 + 3 * i,
                        .outlook = Outlook::kGoesOn});
    }
    const auto first = batch->step(tokens, nullptr);
    for (size_t i = 0; i < 4; ++i) tokens[i].token_id = first[i].token_id;
    const std::array some{tokens[3], tokens[0], tokens[1]};
    auto& ids = chosen.emplace_back();
    for (const auto& choice : batch->step(some, nullptr)) ids.push_back(choice.token_id);
    for (const auto& choice : batch->step({&tokens[2], 1}, nullptr)) {
      ids.push_back(choice.token_id);  // its turn comes a step later than the others'
    }
  }
  EXPECT_EQ(chosen[1], chosen[0]);
  EXPECT_EQ(ahead.ahead_counts().num_dropped, 1) << "the one behind the some";
}

TEST_F(DecodeDroppedTest, ASlotGivenToAnotherSequenceIsNotServedFromBefore) {
  const std::vector<int64_t> one{1, 5, 6};
  const std::vector<int64_t> other{2, 17, 11, 28};  // as long as `one` and a token
  DecodeBatch alone(model_.decoder(), 1, 1024);
  DecodeBatch batch(model_.decoder(), 1, 1024, true);
  NextToken token{.slot = batch.admit(read(one)), .token_id = 9, .outlook = Outlook::kGoesOn};
  token.token_id = batch.step({&token, 1}, nullptr).front().token_id;
  ASSERT_EQ(batch.ahead_counts().num_started, 1);
  batch.release(token.slot);
  ASSERT_EQ(batch.admit(read(other)), token.slot);
  alone.admit(read(other));
  for (int step = 0; step < 4; ++step) {
    const auto expected = alone.step({&token, 1}, nullptr).front().token_id;
    ASSERT_EQ(batch.step({&token, 1}, nullptr).front().token_id, expected);
    token.token_id = expected;
  }
  EXPECT_TRUE(at::equal(batch.state_of(0).cache.filled(), alone.state_of(0).cache.filled()));
  EXPECT_EQ(batch.ahead_counts().num_dropped, 1);
}

TEST_F(DecodeDroppedTest, AllSlotsFreedEndWhatWasStarted) {
  DecodeBatch batch(model_.decoder(), 1, 1024, true);
  const NextToken token{
      .slot = batch.admit(read({1, 5, 6})), .token_id = 9, .outlook = Outlook::kGoesOn};
  batch.step({&token, 1}, nullptr);
  batch.release_all();
  EXPECT_EQ(batch.ahead_counts().num_dropped, 1);
}

TEST_F(DecodeDroppedTest, ASequenceWithoutNumbersLeavesTheOthersAlone) {
  constexpr int64_t kBroken = 33;
  auto weights = tests::tiny_weights();
  weights.at("language_model.model.tok_embeddings.weight")[kBroken].fill_(
      std::numeric_limits<float>::quiet_NaN());
  const tests::TinyCheckpoint broken(weights);
  const Model model(broken.path(), kImage, kOptions);
  std::vector<std::vector<int64_t>> chosen;
  for (const bool starts_ahead : {false, true}) {
    DecodeBatch batch(model.decoder(), 2, 1024, starts_ahead);
    std::vector<NextToken> tokens{
        {.slot = batch.admit(read(model, {1, 5})),
         .token_id = kBroken,
         .outlook = Outlook::kGoesOn},
        {.slot = batch.admit(read(model, {2, 8})), .token_id = 6, .outlook = Outlook::kGoesOn}};
    const auto first = batch.step(tokens, nullptr);
    EXPECT_FALSE(first[0].is_number);
    ASSERT_TRUE(first[1].is_number);
    batch.release(tokens[0].slot);
    NextToken token{tokens[1]};
    auto& ids = chosen.emplace_back();
    for (int64_t id = first[1].token_id; ids.size() < 5; id = ids.back()) {
      token.token_id = id;
      const auto choice = batch.step({&token, 1}, nullptr).front();
      EXPECT_TRUE(choice.is_number);
      ids.push_back(choice.token_id);
    }
    EXPECT_EQ(batch.ahead_counts().num_started > 0, starts_ahead);
  }
  EXPECT_EQ(chosen[1], chosen[0]);
}

}  // namespace
}  // namespace mono::model
