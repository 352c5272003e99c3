#include "evaluator/bench/rounds.h"

#include <gtest/gtest.h>

#include <csignal>
#include <vector>

namespace mono::bench {
namespace {

TEST(RoundsTest, CallsEachInTurn) {
  std::vector<int> called;
  take_rounds(3, [&](int i) { called.push_back(i); });
  EXPECT_EQ(called, (std::vector<int>{0, 1, 2}));
}

TEST(RoundsTest, ASignalEndsThemBehindTheRoundItMeets) {
  int complete = 0;
  take_rounds(5, [&](int i) {
    if (i == 2) raise(SIGTERM);
    ++complete;
  });
  EXPECT_EQ(complete, 3);
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
