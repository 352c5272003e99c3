#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "evaluator/bench/card_state.h"

namespace mono::bench {
namespace {

using nlohmann::ordered_json;

constexpr const char* kBusId = "0000:1B:00.0";

ordered_json context_of(Nvml card) {
  ordered_json report{{"context", ordered_json::object()}};
  CardVisit(std::move(card)).add_to(report);
  return report.at("context");
}

TEST(NvmlTest, ReadsACardInUsualUnits) {
  const Nvml card(kBusId, FAKE_NVML);
  EXPECT_EQ(card.driver_version(), "580.159.04");
  EXPECT_EQ(card.sm_mhz(), 1980);
  EXPECT_EQ(card.memory_mhz(), 3201);
  EXPECT_EQ(card.watts(), 475.25);
  EXPECT_EQ(card.celsius(), 61);
  EXPECT_EQ(card.joules(), 5);
  EXPECT_EQ(card.joules(), 6.5);
}

void expect_no_reading(const Nvml& card) {
  const auto state = state_of(card);
  EXPECT_FALSE(state.sm_mhz || state.memory_mhz || state.watts || state.celsius || state.joules);
}

TEST(NvmlTest, HasNoReadingOfACallThatFails) {
  const Nvml card(kBusId, FAILING_NVML);
  expect_no_reading(card);
  EXPECT_FALSE(card.driver_version());
  EXPECT_TRUE(context_of(Nvml(kBusId, FAILING_NVML)).empty());
}

TEST(NvmlTest, HasNoReadingOfACardThatIsNotThere) {
  const Nvml card("0000:99:00.0", FAKE_NVML);
  expect_no_reading(card);
  EXPECT_EQ(card.driver_version(), "580.159.04");
}

TEST(NvmlTest, HasNoReadingWithoutTheLibraryOrItsFunctions) {
  expect_no_reading(Nvml(kBusId, "/nowhere/libnvidia-ml.so.1"));
  expect_no_reading(Nvml(kBusId, EMPTY_NVML));
  expect_no_reading(card_of(at::kCPU));
  EXPECT_FALSE(card_of(at::kCPU).driver_version());
}

TEST(CardVisitTest, PutsTheCardBeforeAndAfterIntoTheContext) {
  const auto card = context_of(Nvml(kBusId, FAKE_NVML)).at("card");
  EXPECT_EQ(card.at("driver_version"), "580.159.04");
  EXPECT_EQ(card.at("before").at("sm_mhz"), 1980);
  EXPECT_GT(card.at("after").at("joules"), card.at("before").at("joules"));
  EXPECT_TRUE(context_of(card_of(at::kCPU)).empty());
}

TEST(CardRangesTest, ShowsWhatWasReadAndNothingElse) {
  CardRanges ranges;
  EXPECT_EQ(card_line(ranges), "");
  EXPECT_TRUE(card_json(ranges).empty());
  ranges.add(CardState{.sm_mhz = 1980, .watts = 300});
  ranges.add(CardState{.sm_mhz = 1665, .watts = 475});
  ranges.add(CardRanges{});
  EXPECT_EQ(card_line(ranges), "card while timing: SM 1665 to 1980 MHz, 475 W at most\n");
  EXPECT_EQ(card_json(ranges).at("sm_mhz").at("least"), 1665);
  EXPECT_FALSE(card_json(ranges).contains("memory_mhz"));
}

TEST(EnergyTest, IsAMeanOfLongStretches) {
  Energy energy;
  EXPECT_FALSE(energy.joules_per_request());
  energy.add(10, 310, 0.7, 4);
  energy.add(400, 600, 0.6, 1);
  EXPECT_EQ(energy.joules_per_request(), 100);
}

TEST(EnergyTest, SaysNothingOfShortStretchesAndMissingReadings) {
  Energy brief;
  brief.add(10, 310, 0.7, 4);
  brief.add(10, 310, 0.4, 4);
  EXPECT_FALSE(brief.joules_per_request());
  Energy partial;
  partial.add(10, {}, 2, 4);
  partial.add(10, 20, 2, 4);
  EXPECT_FALSE(partial.joules_per_request());
}

}  // namespace
}  // namespace mono::bench
