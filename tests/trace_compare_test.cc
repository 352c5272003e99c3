#include "model/native/trace_compare.h"

#include <gtest/gtest.h>

#include <limits>

#include "model/adapter.h"
#include "tests/messages.h"
#include "tests/tiny_checkpoint.h"

namespace mono::model {
namespace {

using tests::expect_says;
using tests::message_of;
using tests::NamedTensors;

class TraceCompareTest : public testing::Test {
 protected:
  TraceComparison compare(const NamedTensors& expected, const NamedTensors& actual,
                          double tolerance = 0) const {
    tests::write_tensors(folder_.path() / "expected", expected);
    tests::write_tensors(folder_.path() / "actual", actual);
    return compare_traces(folder_.path() / "expected", folder_.path() / "actual", tolerance);
  }

  const tests::TemporaryFolder folder_{};
  const NamedTensors trace_ = {{"input_ids", at::tensor({1, 5, 7}, at::kLong)},
                               {"vit.layer.2", at::full({2, 3}, 2.0F)},
                               {"vit.layer.10", at::full({2, 3}, 2.0F)},
                               {"mlp1.input", at::full({2, 3}, 2.0F)},
                               {"layer.0", at::full({2, 3}, 2.0F)},
                               {"layer.0.k", at::full({2, 3}, 2.0F)},
                               {"logits_steps", at::full({2, 3}, 2.0F)}};
};

TEST_F(TraceCompareTest, CountsEqualStages) {
  const auto same = compare(trace_, trace_);
  EXPECT_EQ(same.num_compared, 7U);
  EXPECT_EQ(same.num_equal, 7U);
  EXPECT_FALSE(same.first.has_value());
}

TEST_F(TraceCompareTest, NamesTheFirstStageOfTheForwardPassThatDiffers) {
  auto other = trace_;
  for (const auto* const stage : {"logits_steps", "layer.0", "layer.0.k"}) {
    other[stage] = trace_.at(stage).clone();
    other[stage][1][0] = 2.5F;
  }
  auto parted = compare(trace_, other);
  EXPECT_EQ(parted.num_equal, 4U);
  EXPECT_EQ(parted.first->stage, "layer.0.k");  // keys are made before the layer's output
  EXPECT_EQ(parted.first->what, "[1, 0]: expected 2, got 2.5");

  other["vit.layer.10"] = trace_.at("vit.layer.10") + 1;
  EXPECT_EQ(compare(trace_, other).first->stage, "vit.layer.10");
  other["vit.layer.2"] = trace_.at("vit.layer.2") + 1;
  EXPECT_EQ(compare(trace_, other).first->stage, "vit.layer.2");
}

TEST_F(TraceCompareTest, MeasuresADifferenceByTheSizeOfTheStage) {
  auto other = trace_;
  other["layer.0"] = trace_.at("layer.0") + 0.01F;  // a share of 0.005
  EXPECT_TRUE(compare(trace_, other, 0.004).first.has_value());
  EXPECT_FALSE(compare(trace_, other, 0.006).first.has_value());
}

TEST_F(TraceCompareTest, CountsWhatIsNoNumberAsDiffering) {
  auto other = trace_;
  other["layer.0"] = trace_.at("layer.0").clone();
  other["layer.0"][0][2] = std::numeric_limits<float>::quiet_NaN();
  for (const double tolerance : {0.0, 100.0}) {
    EXPECT_EQ(compare(trace_, other, tolerance).first->what, "[0, 2]: expected 2, got nan");
    EXPECT_EQ(compare(other, trace_, tolerance).first->what, "[0, 2]: expected nan, got 2");
    EXPECT_EQ(compare(other, other, tolerance).first->what, "[0, 2]: expected nan, got nan");
  }
  other["layer.0"][0][2] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(compare(trace_, other, 100).first->what, "[0, 2]: expected 2, got inf");
  EXPECT_FALSE(compare(other, other).first.has_value());
}

TEST_F(TraceCompareTest, NeverToleratesAnotherId) {
  auto other = trace_;
  other["input_ids"] = at::tensor({1, 5, 8}, at::kLong);
  EXPECT_EQ(compare(trace_, other, 100).first->what, "[2]: expected 7, got 8");
}

TEST_F(TraceCompareTest, ComparesDtypesByValueAndNamesOtherShapes) {
  auto other = trace_;
  other["layer.0"] = trace_.at("layer.0").to(at::kBFloat16);
  EXPECT_FALSE(compare(trace_, other).first.has_value());
  other["mlp1.input"] = at::full({3, 2}, 2.0F);
  EXPECT_EQ(compare(trace_, other).first->what, "expected the shape [2, 3], got [3, 2]");
}

TEST_F(TraceCompareTest, ListsWhatOnlyOneOfThemHolds) {
  auto other = trace_;
  other.erase("mlp1.input");
  other["margin"] = at::ones({2});
  const auto parted = compare(trace_, other);
  EXPECT_EQ(parted.only_expected, std::vector<std::string>{"mlp1.input"});
  EXPECT_EQ(parted.only_actual, std::vector<std::string>{"margin"});
  EXPECT_EQ(parted.num_compared, 6U);
}

TEST_F(TraceCompareTest, RefusesWhatCannotBeCompared) {
  expect_says(message_of<SetupError>([&] {
                compare(trace_, {{"margin", at::ones({2})}});
              }),
              "have no stage in common");
  for (const double tolerance : {-1.0, std::numeric_limits<double>::quiet_NaN()}) {
    expect_says(message_of<UsageError>([&] { compare(trace_, trace_, tolerance); }),
                "--tolerance: expected a number of at least 0");
  }
}

}  // namespace
}  // namespace mono::model
