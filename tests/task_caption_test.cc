#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tasks/metric/bleu.h"
#include "tasks/metric/cider.h"
#include "tasks/metric/rouge_l.h"
#include "tasks/pipeline/message.h"
#include "tasks/reader/predictions.h"
#include "tasks/registry.h"

namespace mono::tasks {
namespace {

using Pictures = std::vector<CaptionTexts>;

const Pictures& three_pictures() {
  static const Pictures pictures = {
      {"a cat sits on a mat", {"a cat is on the mat", "the cat sits on a mat"}},
      {"two dogs run", {"two dogs are running", "dogs run in a field"}},
      {"a red bus", {"a red bus on the road", "a big red bus"}}};
  return pictures;
}

TEST(CiderTest, GivesThreeQuartersOfTheBestForThreeRightWords) {
  const auto scores = cider(Pictures{{"a b c", {"a b c"}}, {"d e f", {"d e f"}}});
  EXPECT_NEAR(scores[0], 7.5, 1e-12);
  EXPECT_NEAR(scores[1], 7.5, 1e-12);
}

TEST(CiderTest, GivesTheReferencesNumbers) {
  const auto scores = cider(three_pictures());
  const double expected[] = {5.102930805393586, 2.3157518067430245, 3.690838002985482};
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(scores[i], expected[i], 1e-12) << i;
}

TEST(CiderTest, StaysWithinItsBoundsWhateverTheOrder) {
  auto pictures = three_pictures();
  const auto scores = cider(pictures);
  for (auto& picture : pictures) std::swap(picture.references[0], picture.references[1]);
  std::swap(pictures[0], pictures[2]);
  const auto others = cider(pictures);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_GE(scores[i], 0);
    EXPECT_LE(scores[i], 10);
    EXPECT_NEAR(scores[i], others[2 - i], 1e-12);
  }
  for (auto& picture : pictures) picture.hypothesis = "nothing of this kind";
  for (const double score : cider(pictures)) EXPECT_EQ(score, 0);
  EXPECT_THROW(cider(Pictures{{"a", {}}}), model::SetupError);
}

TEST(CiderTest, GivesAPictureAloneNothing) {
  EXPECT_EQ(cider(Pictures{{"a b c d", {"a b c d"}}}).front(), 0);
}

TEST(BleuTest, IsThePrecisionTimesTheBrevityPenalty) {
  // 2 of 3 words and 1 of 2 pairs of words occur; 3 words against the nearest reference's 4.
  const auto scores = bleu(Pictures{{"a b x", {"a b c d", "a"}}});
  const double penalty = std::exp(1 - 4.0 / 3);
  EXPECT_NEAR(scores[0], 2.0 / 3 * penalty, 1e-8);
  EXPECT_NEAR(scores[1], std::sqrt(2.0 / 3 * 1 / 2) * penalty, 1e-8);
}

TEST(BleuTest, ClipsRepeatedWordsAndPrefersTheShorterOfEquallyNearReferences) {
  const auto scores = bleu(Pictures{{"a a a", {"a b", "a b c d"}}});
  EXPECT_NEAR(scores[0], 1.0 / 3, 1e-8);
}

TEST(BleuTest, IsOneForTheReferenceItselfAndStaysWithinItsBounds) {
  const auto own = bleu(Pictures{{"a b c d e", {"a b c d e", "x"}}});
  for (const double score : own) EXPECT_NEAR(score, 1, 1e-8);
  for (const double score : bleu(three_pictures())) {
    EXPECT_GE(score, 0);
    EXPECT_LE(score, 1);
  }
  EXPECT_THROW(bleu({}), model::SetupError);
}

TEST(RougeTest, WeighsRecallByTheFormula) {
  // The longest common subsequence of "a b c d" and "a c x" is "a c".
  const double precision = 2.0 / 4;
  const double recall = 2.0 / 3;
  EXPECT_NEAR(rouge_l({"a b c d", {"a c x"}}),
              2.44 * precision * recall / (recall + 1.44 * precision), 1e-12);
  EXPECT_EQ(rouge_l({"a b", {"a b", "c"}}), 1);
  EXPECT_EQ(rouge_l({"a b", {"c d"}}), 0);
  EXPECT_EQ(rouge_l({"", {"a"}}), 0);
  EXPECT_EQ(rouge_l({"", {""}}), 1);
  EXPECT_THROW(rouge_l({"a", {}}), model::SetupError);
}

Row caption_row(const std::string& id, std::vector<std::string> captions,
                const std::string& response) {
  auto sample = std::make_shared<Sample>();
  sample->id = id;
  sample->targets = std::move(captions);
  return {.sample = std::move(sample), .response = response};
}

TEST(CaptionTaskTest, ScoresWhatWasAnsweredAgainstThesePicturesAlone) {
  const auto& task = task_named("Caption");
  const auto& profile = task.profile("pycocoevalcap");
  std::vector<Row> rows = {caption_row("1", {"A cat sits."}, "A cat sits."),
                           caption_row("2", {"Two dogs run."}, "Two dogs run."),
                           caption_row("3", {"A bus."}, "")};
  rows[2].error = "no picture";
  score_rows(task, profile, rows);
  EXPECT_NEAR(rows[0].score->value, 7.5, 1e-12);
  EXPECT_EQ(rows[0].score->answer, "a cat sits");
  EXPECT_FALSE(rows[2].score);
  const auto metrics = task.metrics(rows, profile);
  EXPECT_EQ(metrics.front().name, "CIDEr");
  EXPECT_NEAR(metrics.front().value, 7.5, 1e-12);
  EXPECT_EQ(metrics.front().count, 2);
}

TEST(CaptionTaskTest, AsksForAtLeastEightTokensInThePicturesOwnMode) {
  const auto& task = task_named("nocaps");
  Sample sample{.id = "1"};
  sample.images.push_back({"1.png", ImageSource("1.png")});
  const auto request = task.request(sample, task.profile("ivl"), Registration::kV20);
  EXPECT_EQ(request.decoding.min_new_tokens, 8);
  EXPECT_EQ(request.decoding.max_new_tokens, 30);
  EXPECT_TRUE(request.images.at(0).keeps_stored_mode);
}

/// Real captions beside the totals VLMEvalKit stored for them: `<name>_COCO_VAL.jsonl` and
/// `<name>_COCO_VAL_score.json`.
TEST(CaptionTaskTest, GivesVlmEvalKitsStoredTotals) {
  const char* const root = std::getenv("MONO_FIXTURES");
  const std::filesystem::path folder = root != nullptr ? root : MONO_DEFAULT_FIXTURES;
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << folder << " is absent";
  const auto& task = task_named("COCO_VAL");
  const auto& profile = task.profile("vek");
  int num_files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto path = entry.path().string();
    if (!path.ends_with("_COCO_VAL.jsonl")) continue;
    ++num_files;
    auto rows = read_predictions(path, task, profile).rows;
    score_rows(task, profile, rows);
    const auto metrics = task.metrics(rows, profile);
    std::ifstream file(path.substr(0, path.size() - 6) + "_score.json");
    const auto stored = nlohmann::json::parse(file);
    const auto expect = [&](const std::string& name, double value) {
      for (const auto& metric : metrics) {
        if (metric.name != name) continue;
        EXPECT_NEAR(metric.value, value, 1e-9) << path << " " << name;
      }
    };
    expect("CIDEr", stored.at("CIDEr"));
    expect("ROUGE_L", stored.at("ROUGE_L"));
    for (int n = 1; n <= 4; ++n) {
      expect("Bleu_" + std::to_string(n), stored.at("Bleu").at(static_cast<size_t>(n - 1)));
    }
  }
  if (num_files == 0) GTEST_SKIP() << "no captions with stored totals below " << folder;
}

}  // namespace
}  // namespace mono::tasks
