#include "results/summary.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/adapter.h"

namespace mono::results {
namespace {

RunSummary summary() {
  return {.model = "org/mono 2b",
          .model_kind = "native",
          .batch_size = 8,
          .start_seconds = 1.5,
          .total_seconds = 2.25,
          .tasks = {{.name = "docvqa_val",
                     .profile = "ivl",
                     .version = 3,
                     .metrics = {{.name = "anls", .value = 0.5, .standard_error = 0.125},
                                 {.name = "exact", .value = 0.25},
                                 {.name = "none", .value = std::nan("")}},
                     .num_samples = 10,
                     .num_scored = 9,
                     .config = {{"max_tiles", 12}},
                     .extras = {{"errors", 1}}}}};
}

TEST(SummaryTest, UsesTheKeysOfLmEvaluationHarness) {
  const auto json = results_json(summary());
  EXPECT_EQ(json["results"]["docvqa_val"].dump(),
            "{\"name\":\"docvqa_val\",\"alias\":\"docvqa_val\",\"sample_len\":9,\"anls,ivl\":0.5,"
            "\"anls_stderr,ivl\":0.125,\"exact,ivl\":0.25,\"exact_stderr,ivl\":\"N/A\"}");
  EXPECT_EQ(json["n-samples"]["docvqa_val"].dump(), "{\"original\":10,\"effective\":9}");
  EXPECT_EQ(json["versions"]["docvqa_val"], 3);
  EXPECT_EQ(json["configs"]["docvqa_val"].dump(), "{\"max_tiles\":12}");
  EXPECT_EQ(json["higher_is_better"]["docvqa_val"]["anls"], true);
  EXPECT_EQ(json["config"].dump(),
            "{\"model\":\"native\",\"model_args\":null,\"model_sha\":null,\"batch_size\":8,"
            "\"device\":null,\"limit\":null,\"random_seed\":0}");
  EXPECT_EQ(json["date"], 1.5);
  EXPECT_EQ(json["total_evaluation_time_seconds"], "2.25");
  EXPECT_EQ(json["model_name_sanitized"], "org__mono__2b");
  EXPECT_EQ(json["ext"]["tasks"]["docvqa_val"].dump(), "{\"errors\":1,\"profile\":\"ivl\"}");
}

TEST(SummaryTest, LeavesOutAMetricWithoutValue) {
  EXPECT_FALSE(results_json(summary())["results"]["docvqa_val"].contains("none,ivl"));
}

TEST(SummaryTest, RefusesATaskTwiceAndMoreScoresThanSamples) {
  auto twice = summary();
  twice.tasks.push_back(twice.tasks[0]);
  EXPECT_THROW(results_json(twice), model::SetupError);
  auto too_many = summary();
  too_many.tasks[0].num_scored = 11;
  EXPECT_THROW(results_json(too_many), model::SetupError);
}

}  // namespace
}  // namespace mono::results
