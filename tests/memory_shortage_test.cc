#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "model/batch/schedule.h"
#include "model/engine.h"
#include "tests/messages.h"
#include "tests/scarce_memory.h"
#include "tests/tiny_checkpoint.h"

namespace mono::model {
namespace {

constexpr int64_t kImage = 30;

using Answers = std::vector<EngineAnswer>;

/// Questions of different length, three of them on one picture.
std::vector<EngineRequest> questions() {
  std::vector<EngineRequest> requests;
  const auto pixels = at::randn({2, 3, 4, 4});
  for (int64_t i = 0; i < 6; ++i) {
    auto& request = requests.emplace_back();
    request.input_ids = {1, 5, 6};
    if (i < 3) {
      request.input_ids.insert(request.input_ids.end(), {kImage, kImage});
      request.pixel_values = pixels;
      request.image_key = "picture";
    }
    for (int64_t k = 0; k <= i; ++k) request.input_ids.push_back(7 + k);
    request.decoding.max_new_tokens = 3 + static_cast<int>(i % 2);
  }
  return requests;
}

Answers ask(const Engine& engine, const std::vector<EngineRequest>& requests, int max_sequences = 4,
            bool reuses_prefixes = true) {
  Answers answers(requests.size());
  engine.answer(requests,
                {.schedule = {.max_sequences = max_sequences}, .reuses_prefixes = reuses_prefixes},
                [&](size_t i, EngineAnswer answer) { answers[i] = std::move(answer); });
  return answers;
}

/// Whether all of them are what they were with memory in plenty; an error of another kind fails.
bool all_as_expected(const Answers& answers, const Answers& expected) {
  bool all = true;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].error.empty()) {
      EXPECT_EQ(answers[i].generation.token_ids, expected[i].generation.token_ids) << i;
    } else {
      tests::expect_says(answers[i].error, "out of memory");
      all = false;
    }
  }
  return all;
}

struct Way {
  std::string name{};
  PassKind passes = PassKind::kPlain;
  StepStart steps = StepStart::kInTurn;
};

std::ostream& operator<<(std::ostream& out, const Way& way) {
  return out << way.name;
}

class MemoryShortageTest : public testing::TestWithParam<Way> {
 protected:
  static constexpr size_t kStep = size_t{8} << 10;

  // An engine that has only so much beside its weights.
  Answers ask_within(size_t bytes, const std::vector<EngineRequest>& requests, int max_sequences,
                     bool reuses_prefixes = true) const {
    const Engine engine(checkpoint_.path(), kImage, engine_.options());
    tests::ScarceMemory memory;
    memory.leave(bytes);
    return ask(engine, requests, max_sequences, reuses_prefixes);
  }

  const tests::TinyCheckpoint checkpoint_{};
  const Engine engine_{
      checkpoint_.path(),
      kImage,
      {.dtype = at::kFloat, .passes = GetParam().passes, .steps = GetParam().steps}};
};

INSTANTIATE_TEST_SUITE_P(, MemoryShortageTest,
                         testing::Values(Way{"plain", PassKind::kPlain},
                                         Way{"fused", PassKind::kFused},
                                         Way{"ahead", PassKind::kFused, StepStart::kAhead}),
                         testing::PrintToStringParamName());

TEST_P(MemoryShortageTest, WhereverAnAllocationFailsTheOthersAreAnswered) {
  constexpr int64_t kStride = 7;
  const auto requests = questions();
  const auto expected = ask(engine_, requests);
  tests::ScarceMemory memory;
  int num_runs = 0;
  int num_whole = 0;
  for (int64_t i = 0;; i += kStride) {
    memory.fail_once(i);
    const auto answers = ask(engine_, requests);
    if (!memory.has_failed()) break;
    num_whole += all_as_expected(answers, expected) ? 1 : 0;
    ++num_runs;
  }
  EXPECT_GT(num_runs, 20);
  EXPECT_GT(num_whole, num_runs * 3 / 4) << "what fails together is tried again in parts";
}

TEST_P(MemoryShortageTest, OnlyWhatFitsInNoPassIsRefused) {
  auto requests = questions();
  requests[4].decoding.max_new_tokens = 1 << 20;
  const auto expected = ask(engine_, questions());
  tests::ScarceMemory memory;
  memory.leave(size_t{16} << 20);
  const auto answers = ask(engine_, requests);
  tests::expect_says(answers[4].error,
                     "out of memory: a prompt of 8 tokens and 1048576 new ones do not fit");
  for (const size_t i : {0, 1, 2, 3, 5}) {
    EXPECT_EQ(answers[i].error, "");
    EXPECT_EQ(answers[i].generation.token_ids, expected[i].generation.token_ids);
  }
}

TEST_P(MemoryShortageTest, SlotsLeaveRoomForPasses) {
  const auto requests = questions();
  const auto expected = ask(engine_, requests);
  int num_sizes = 0;
  for (size_t bytes = kStep;; bytes += kStep) {
    if (!all_as_expected(ask_within(bytes, requests, 1), expected)) continue;
    EXPECT_TRUE(all_as_expected(ask_within(bytes, requests, 4), expected)) << bytes;
    if (++num_sizes == 64) break;
  }
}

TEST_P(MemoryShortageTest, WhatNeedsALargeSlotTakesNoRoomFromOthers) {
  constexpr size_t kLarge = 5;
  auto requests = questions();
  requests[kLarge].decoding.max_new_tokens = 2000;
  requests[kLarge].stop_ids = ask(engine_, requests)[kLarge].generation.token_ids;
  const auto expected = ask(engine_, requests);
  const std::vector others(requests.begin(), requests.begin() + kLarge);
  int num_refused = 0;
  for (size_t bytes = kStep;; bytes += kStep) {
    if (!all_as_expected(ask_within(bytes, others, 1), expected)) continue;
    auto answers = ask_within(bytes, requests, 4);
    const auto large = answers.back();
    answers.pop_back();
    EXPECT_TRUE(all_as_expected(answers, expected)) << bytes;
    if (large.error.empty()) break;
    ++num_refused;
  }
  EXPECT_GT(num_refused, 10);
}

TEST_P(MemoryShortageTest, APrefixTakesNoRoomFromWhatFollowsIt) {
  auto requests = questions();
  requests.resize(3);  // those on one picture
  const auto expected = ask(engine_, requests);
  int num_sizes = 0;
  for (size_t bytes = kStep; num_sizes < 64; bytes += kStep / 8) {
    if (!all_as_expected(ask_within(bytes, requests, 1, false), expected)) continue;
    EXPECT_TRUE(all_as_expected(ask_within(bytes, requests, 1), expected)) << bytes;
    ++num_sizes;
  }
}

TEST_P(MemoryShortageTest, BeamsThatDoNotFitAreTheirRequestsError) {
  std::vector<EngineRequest> requests(2,
                                      {.input_ids = {1, 5, 6}, .decoding = {.max_new_tokens = 2}});
  requests[0].decoding = {.max_new_tokens = 1 << 20, .num_beams = 2};
  tests::ScarceMemory memory;
  memory.leave(size_t{16} << 20);
  const auto answers = ask(engine_, requests);
  tests::expect_says(answers[0].error, "out of memory for 2 beams");
  EXPECT_EQ(answers[1].error, "");
}

TEST(ScheduleShortageTest, ALonePromptWaitsForAPlace) {
  const std::vector<PrefixGroup> groups{{.members = {0}}, {.members = {1}}};
  const std::vector<int64_t> lengths{5, 5};
  Schedule schedule(groups, lengths, {.max_sequences = 2, .max_prefill_tokens = 5});
  EXPECT_EQ(schedule.next().pieces.size(), 1U);
  const auto second = schedule.next();
  ASSERT_EQ(second.pieces.size(), 1U);
  EXPECT_TRUE(schedule.put_back(second.pieces));
  EXPECT_EQ(schedule.next().continued, std::vector<size_t>{0}) << "it is not tried at once";
  schedule.finish(0);
  const auto again = schedule.next();
  ASSERT_EQ(again.pieces.size(), 1U);
  EXPECT_EQ(again.pieces[0].prompt, 1U);
  EXPECT_FALSE(schedule.put_back(again.pieces)) << "nobody will make room";
}

TEST(ScheduleShortageTest, WithFewerPlacesAPieceIsTriedAgain) {
  const std::vector<PrefixGroup> groups{{.members = {0}}, {.members = {1}}, {.members = {2}}};
  const std::vector<int64_t> lengths{5, 5, 5};
  Schedule schedule(groups, lengths, {.max_sequences = 3, .max_prefill_tokens = 5});
  auto step = schedule.next();
  EXPECT_FALSE(schedule.put_back(step.pieces)) << "nothing else is in the making";
  schedule.try_again(step.pieces.front(), 1);
  for (const size_t prompt : {0, 1, 2}) {
    step = schedule.next();
    ASSERT_EQ(step.pieces.size(), 1U);
    EXPECT_EQ(step.pieces.front().prompt, prompt);
    EXPECT_EQ(schedule.next().continued, std::vector{prompt}) << "one at a time";
    schedule.finish(prompt);
  }
  EXPECT_TRUE(schedule.is_done());
}

TEST(ScheduleShortageTest, NothingIsReadBesideTheOnlyAnswer) {
  const std::vector<PrefixGroup> groups{{.members = {0}}, {.members = {1, 2}, .shared_length = 4}};
  const std::vector<int64_t> lengths{5, 6, 6};
  Schedule schedule(groups, lengths, {.max_sequences = 1, .max_prefill_tokens = 100});
  EXPECT_EQ(schedule.next().pieces.size(), 1U);
  EXPECT_EQ(schedule.next().continued, std::vector<size_t>{0}) << "no prefix yet";
  schedule.finish(0);
  for (const bool is_shared : {true, false}) {
    const auto step = schedule.next();
    ASSERT_EQ(step.pieces.size(), 1U);
    EXPECT_EQ(step.pieces.front().is_shared, is_shared);
  }
  EXPECT_EQ(schedule.next().continued, std::vector<size_t>{1});
}

TEST(ScheduleShortageTest, AGroupWithoutItsPrefixIsReadWhole) {
  const std::vector<PrefixGroup> groups{{.members = {0, 1}, .shared_length = 4}};
  const std::vector<int64_t> lengths{5, 6};
  Schedule schedule(groups, lengths, {});
  const auto prefix = schedule.next();
  ASSERT_TRUE(prefix.pieces.size() == 1 && prefix.pieces[0].is_shared);
  EXPECT_FALSE(schedule.put_back(prefix.pieces));
  schedule.unshare(0);
  const auto whole = schedule.next();
  ASSERT_EQ(whole.pieces.size(), 2U);
  EXPECT_EQ(whole.pieces[0].begin, 0);
  EXPECT_EQ(whole.pieces[1].begin, 0);
}

}  // namespace
}  // namespace mono::model
