#include "evaluator/bench/rounds.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

namespace mono::bench {
namespace {

TEST(RoundsTest, CallsEachInTurn) {
  std::vector<int> called;
  take_rounds(3, [&](int i) { called.push_back(i); });
  EXPECT_EQ(called, (std::vector<int>{0, 1, 2}));
}

TEST(RoundsTest, ASignalEndsThemBehindTheRoundItMeets) {
  for (const int signal : {SIGTERM, SIGINT}) {
    int complete = 0;
    take_rounds(5, [&](int i) {
      if (i == 2) raise(signal);
      ++complete;
    });
    EXPECT_EQ(complete, 3);
  }
}

TEST(RoundsTest, SaysWhereItIsAndThatItWasToldToEnd) {
  testing::internal::CaptureStderr();
  take_rounds(3, [](int i) {
    if (i == 1) raise(SIGTERM);
  });
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "bench: round 1 of 3\nbench: told to end behind 2 of 3 rounds\n");
}

TEST(RoundsTest, SaysTheNameOfARound) {
  testing::internal::CaptureStderr();
  take_rounds(
      1, [](int) {}, [](int i) { return "case " + std::to_string(i) + ","; });
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "bench: case 0, 1 of 1\n");
}

TEST(RoundsDeathTest, ASecondSignalEndsTheProgram) {
  for (const int second : {SIGINT, SIGTERM}) {
    const auto twice = [=](int i) {
      if (i == 1) raise(SIGINT);
      if (i == 1) raise(second);
    };
    EXPECT_EXIT(take_rounds(3, twice), testing::KilledBySignal(second), "");
  }
}

TEST(RoundsDeathTest, ASignalBeforeAnythingIsCompleteEndsTheProgram) {
  EXPECT_EXIT(take_rounds(2, [](int) { raise(SIGTERM); }), testing::KilledBySignal(SIGTERM), "");
}

TEST(RoundsDeathTest, ASignalBehindThemEndsTheProgram) {
  const auto behind = [] {
    take_rounds(2, [](int) {});
    raise(SIGTERM);
  };
  EXPECT_EXIT(behind(), testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace mono::bench
