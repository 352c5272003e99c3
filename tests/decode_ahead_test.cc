// Whole plays, with steps started ahead and in turn.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "tests/decode_play.h"
#include "tests/messages.h"

namespace mono::model {
namespace {

TEST_F(DecodeAheadTest, SequencesOfAnyLengthAndEndAreTheSame) {
  for (const int count : {1, 2, 7, 16}) {
    SCOPED_TRACE(count);
    const auto counts = expect_same(model_, count, 1024, mixed_roles(count));
    EXPECT_GT(counts.num_started, counts.num_dropped);
  }
}

TEST_F(DecodeAheadTest, SequencesThatBeginInBetweenAreTheSame) {
  auto roles = mixed_roles(12);
  for (size_t i = 4; i < roles.size(); ++i) roles[i].begins = static_cast<int>(i);
  const auto counts = expect_same(model_, 8, 1024, roles);
  EXPECT_GT(counts.num_started, 0);
  EXPECT_GT(counts.num_dropped, 0) << "a step started before a sequence began does not serve it";
}

TEST_F(DecodeAheadTest, WhereEveryEndIsToldNoStepIsForNothing) {
  auto roles = mixed_roles(7);
  int most_steps = 0;
  for (auto& role : roles) {
    role.tells_end = true;
    most_steps = std::max(most_steps, role.num_steps);
  }
  DecodeBatch warmed(model_.decoder(), 7, 1024, true);
  play(model_, warmed, roles);  // every number of rows is recorded now
  const auto before = warmed.ahead_counts();
  play(model_, warmed, roles);
  EXPECT_EQ(warmed.ahead_counts().num_started - before.num_started, most_steps - 1);
  EXPECT_EQ(warmed.ahead_counts().num_dropped, 0);
}

TEST_F(DecodeAheadTest, AnEndThatIsNotToldDropsTheLastStepAlone) {
  const auto counts =
      expect_same(model_, 1, 1024, {{.prompt = {1, 5, 6}, .num_steps = 6, .tells_end = false}});
  EXPECT_EQ(counts.num_started, 6);
  EXPECT_EQ(counts.num_dropped, 0) << "nobody has asked for another yet";
}

TEST_F(DecodeAheadTest, AShortSequenceIsNotTouchedByWhatALongOneLeft) {
  std::vector<Role> roles{{.prompt = {1, 5, 6, 7, 8, 9, 10, 11}, .num_steps = 4},
                          {.prompt = {2, 17}, .begins = 4, .num_steps = 12},
                          {.prompt = {1, 12, 13}, .num_steps = 16}};
  const auto counts = expect_same(model_, 2, 1024, roles);
  EXPECT_GT(counts.num_started, 0);
}

TEST_F(DecodeAheadTest, ASlotIsFilledToItsLastPlace) {
  DecodeBatch batch(model_.decoder(), 1, 6, true);
  NextToken token{.slot = batch.admit(read({1, 5, 6})), .token_id = 9, .outlook = Outlook::kGoesOn};
  for (int step = 0; step < 3; ++step) {
    token.token_id = batch.step({&token, 1}, nullptr).front().token_id;
  }
  EXPECT_EQ(batch.ahead_counts().num_started, 2);
  tests::expect_says(tests::message_of<c10::Error>([&] {
                       batch.step({&token, 1}, nullptr);
                     }),
                     "slot 0 with 6 of 6 tokens takes no other");
  expect_same(model_, 2, 6,
              {{.prompt = {1, 5, 6}, .num_steps = 3}, {.prompt = {2, 7}, .num_steps = 4}});
}

TEST_F(DecodeAheadTest, BeyondTheRotaryTableStepsAreDoneInTurn) {
  std::vector<int64_t> prompt(60, 7);
  prompt.front() = 1;
  const auto counts = expect_same(model_, 1, 1024, {{.prompt = prompt, .num_steps = 12}});
  EXPECT_EQ(counts.num_started, 3) << "the tokens at 61, 62 and 63";
}

TEST_F(DecodeAheadTest, MoreSequencesThanAStepTakesAreStillEachTheirOwn) {
  std::vector<Role> roles = mixed_roles(70);
  for (auto& role : roles) role.num_steps = 3;
  EXPECT_EQ(expect_same(model_, 70, 1024, roles).num_started, 0);
}

TEST_F(DecodeAheadTest, AChosenImageContextIdIsReadByItsExperts) {
  const auto roles = mixed_roles(5);
  std::set<int64_t> read_before;
  for (const auto& role : roles) {
    read_before.insert(role.first_token);
    read_before.insert(role.prompt.begin(), role.prompt.end());
  }
  DecodeBatch batch(model_.decoder(), 5, 1024);
  std::optional<int64_t> image;  // an id that is chosen, read, and in no prompt
  for (const auto& [chosen, cache] : play(model_, batch, roles)) {
    const auto found = std::find_if(chosen.begin(), chosen.end() - 1,
                                    [&](int64_t id) { return !read_before.contains(id); });
    if (found != chosen.end() - 1) image = *found;
  }
  ASSERT_TRUE(image);
  const auto counts = expect_same(Model(checkpoint_.path(), *image, kOptions), 5, 1024, roles);
  EXPECT_GT(counts.num_dropped, 0);
  EXPECT_GT(counts.num_started, counts.num_dropped);
}

class LongDecodeAheadTest : public DecodeAheadTest {
 protected:
  LongDecodeAheadTest() : DecodeAheadTest(4096) {}
};

TEST_F(LongDecodeAheadTest, ALengthIsStartedAheadOnceItIsRecorded) {
  std::vector<int64_t> prompt(1020, 7);
  prompt.front() = 1;
  const std::vector<Role> roles{
      {.prompt = prompt, .num_steps = 8, .tells_end = true},
      {.prompt = {1, 5}, .begins = 8, .num_steps = 2, .tells_end = true},
      {.prompt = prompt, .begins = 10, .num_steps = 8, .tells_end = true}};
  const auto counts = expect_same(model_, 1, 4096, roles);
  EXPECT_EQ(counts.num_started, 6 + 1 + 7) << "all but the first ones of length 1024 and 2048";
  EXPECT_EQ(counts.num_dropped, 0);
}

class FreeDecodeAheadTest : public DecodeAheadTest {
 protected:
  FreeDecodeAheadTest() : DecodeAheadTest(64, free_options()) {}
  static EngineOptions free_options() {
    auto options = kOptions;
    options.is_deterministic = false;
    return options;
  }
};

TEST_F(FreeDecodeAheadTest, EveryStepHasAsManyRowsAsWithoutIt) {
  for (const int count : {1, 2, 7, 16}) {
    SCOPED_TRACE(count);
    const auto counts = expect_same(model_, count, 1024, mixed_roles(count));
    EXPECT_GT(counts.num_started, counts.num_dropped);
    EXPECT_EQ(counts.num_dropped > 0, count > 2) << "fewer rows, rounded up, are done anew";
  }
}

}  // namespace
}  // namespace mono::model
