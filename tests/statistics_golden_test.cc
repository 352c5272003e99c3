// The statistics of a comparison beside SciPy's and statsmodels', whose answers
// scripts/make_statistics_golden.py recorded.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "results/interval.h"
#include "results/paired_test.h"
#include "results/statistics.h"

namespace mono::results {
namespace {

using nlohmann::json;

constexpr double kExact = 1e-9;

/// The recorded values of one group; none would pass every check.
const json& golden(const char* part) {
  static const json whole = [] {
    std::ifstream file(MONO_SOURCE_DIR "/tests/golden/statistics/statistics.json");
    return json::parse(file);
  }();
  const auto& group = whole.at(part);
  if (group.empty()) throw std::runtime_error(std::string("no recorded value of ") + part);
  return group;
}

/// Equal up to `relative` of the expected value; NaN is not.
void expect_close(double actual, double expected, double relative, const std::string& what) {
  EXPECT_LE(std::abs(actual - expected), relative * std::abs(expected) + 1e-300)
      << what << ": " << actual << " instead of " << expected;
}

void expect_exact(const PairedTest& test, const json& expected) {
  expect_close(test.p_worse, expected.at("worse"), kExact, "worse " + expected.dump());
  expect_close(test.p_better, expected.at("better"), kExact, "better " + expected.dump());
  expect_close(test.p_two_sided, expected.at("two_sided"), kExact, "both " + expected.dump());
}

/// Within five standard errors of what so many samples leave open.
void expect_sampled(double actual, double expected) {
  const double error = std::sqrt(expected * (1 - expected) / Resampling{}.num_resamples);
  EXPECT_LE(std::abs(actual - expected), 5 * error + 2e-4);
}

/// Within 3 % of the smaller tail: 40 to 200 differences are that far from their normal limit.
void expect_near_tail(double actual, double expected) {
  EXPECT_LE(std::abs(actual - expected), 0.03 * std::min(expected, 1 - expected))
      << actual << " instead of " << expected;
}

std::vector<RatioTerm> terms_of(const json& clusters) {
  std::vector<RatioTerm> terms;
  for (const auto& cluster : clusters) {
    RatioTerm term{.denominator = static_cast<double>(cluster.size())};
    for (const double row : cluster) term.numerator += row;
    terms.push_back(term);
  }
  return terms;
}

TEST(StatisticsGoldenTest, ExactMcNemar) {
  for (const auto& expected : golden("mcnemar")) {
    expect_exact(exact_mcnemar(expected.at("lost"), expected.at("gained")), expected);
  }
}

TEST(StatisticsGoldenTest, ExactPermutation) {
  for (const auto& expected : golden("permutation_exact")) {
    const auto test = sign_flip_test(expected.at("differences").get<std::vector<double>>());
    EXPECT_EQ(test.method, TestMethod::kExactPermutation);
    expect_exact(test, expected);
  }
}

TEST(StatisticsGoldenTest, SampledPermutationAndItsNormalLimit) {
  for (const auto& expected : golden("permutation_sampled")) {
    const auto differences = expected.at("differences").get<std::vector<double>>();
    const auto sampled = sign_flip_test(differences);
    EXPECT_EQ(sampled.method, TestMethod::kSampledPermutation);
    expect_sampled(sampled.p_worse, expected.at("worse"));
    expect_sampled(sampled.p_better, expected.at("better"));
    expect_sampled(sampled.p_two_sided / 2, expected.at("two_sided").get<double>() / 2);
    const auto normal = sign_flip_test(differences, {.max_exact = 0, .max_sampled = 0});
    EXPECT_EQ(normal.method, TestMethod::kNormalPermutation);
    expect_near_tail(normal.p_worse, expected.at("worse"));
    expect_near_tail(normal.p_better, expected.at("better"));
    expect_near_tail(normal.p_two_sided / 2, expected.at("two_sided").get<double>() / 2);
  }
}

TEST(StatisticsGoldenTest, BootstrapIntervalsAndClusterRobustErrors) {
  for (const auto& expected : golden("intervals")) {
    const auto terms = terms_of(expected.at("clusters"));
    expect_close(ratio(terms), expected.at("mean"), 1e-9, "mean");
    expect_close(ratio_standard_error(terms).value(), expected.at("standard_error"), kExact,
                 "standard error");
    const auto found = ratio_interval(terms, 0.95).value();
    EXPECT_TRUE(found.is_bootstrap);
    const double low = expected.at("low");
    const double high = expected.at("high");
    EXPECT_NEAR(found.interval.low, low, 0.03 * (high - low)) << terms.size();
    EXPECT_NEAR(found.interval.high, high, 0.03 * (high - low)) << terms.size();
  }
}

TEST(StatisticsGoldenTest, ClusteredErrorOfScoresIsTheSameOne) {
  for (const auto& expected : golden("intervals")) {
    std::vector<double> scores;
    std::vector<std::string> clusters;
    for (size_t c = 0; c < expected.at("clusters").size(); ++c) {
      for (const double row : expected.at("clusters")[c]) {
        scores.push_back(row);
        clusters.push_back(std::to_string(c));
      }
    }
    expect_close(clustered_standard_error(scores, clusters).value(), expected.at("standard_error"),
                 kExact, "clustered standard error");
  }
}

TEST(StatisticsGoldenTest, WilsonIntervals) {
  for (const auto& expected : golden("wilson")) {
    const auto interval =
        wilson_interval(expected.at("successes"), expected.at("n"), expected.at("z"));
    EXPECT_NEAR(interval.low, expected.at("low"), 1e-12) << expected;
    EXPECT_NEAR(interval.high, expected.at("high"), 1e-12) << expected;
  }
}

TEST(StatisticsGoldenTest, HolmAdjustment) {
  for (const auto& expected : golden("holm")) {
    const auto adjusted = holm_adjusted(expected.at("p").get<std::vector<double>>());
    ASSERT_EQ(adjusted.size(), expected.at("adjusted").size());
    for (size_t i = 0; i < adjusted.size(); ++i) {
      expect_close(adjusted[i], expected.at("adjusted")[i], kExact, expected.dump());
    }
  }
}

TEST(StatisticsGoldenTest, NormalQuantiles) {
  for (const auto& expected : golden("normal_quantile")) {
    EXPECT_NEAR(normal_quantile(expected.at("p")), expected.at("z"), 1e-9) << expected;
  }
}

}  // namespace
}  // namespace mono::results
