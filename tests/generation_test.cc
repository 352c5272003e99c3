#include "model/generation.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "model/sampler.h"
#include "tests/messages.h"

namespace mono::model {
namespace {

using Ids = std::vector<int64_t>;
using tests::expect_says;
using tests::message_of;

/// Logits that depend on the last token alone: log probabilities by hand.
using Bigrams = std::map<int64_t, std::vector<double>>;

constexpr int64_t kStart = -1;
constexpr int64_t kBos = 0;

std::vector<float> logits_after(const Bigrams& bigrams, int64_t token_id) {
  std::vector<float> logits;
  for (const double probability : bigrams.at(token_id)) {
    logits.push_back(static_cast<float>(std::log(probability)));
  }
  return logits;
}

class BigramSequence final : public Sequence {
 public:
  explicit BigramSequence(const Bigrams& bigrams) : bigrams_(bigrams) {}
  std::vector<float> feed(int64_t token_id) override { return logits_after(bigrams_, token_id); }
  std::unique_ptr<Sequence> fork() const override {
    return std::make_unique<BigramSequence>(bigrams_);
  }

 private:
  const Bigrams& bigrams_;
};

Generation run(const Bigrams& bigrams, const Decoding& decoding, const Ids& stop_ids = {},
               int64_t bos_id = kBos) {
  return continue_sequence(std::make_unique<BigramSequence>(bigrams), logits_after(bigrams, kStart),
                           decoding, stop_ids, bos_id);
}

const Bigrams kCycle = {
    {kStart, {0.1, 0.8, 0.1}}, {0, {0.1, 0.8, 0.1}}, {1, {0.1, 0.1, 0.8}}, {2, {0.6, 0.1, 0.3}}};

TEST(GenerationTest, FollowsTheLargestLogitToTheTokenLimit) {
  const auto generation = run(kCycle, {.max_new_tokens = 5});
  EXPECT_EQ(generation.token_ids, (Ids{1, 2, 0, 1, 2}));
  EXPECT_EQ(generation.stop, StopReason::kLength);
  EXPECT_STREQ(name_of(generation.stop), "length");
}

TEST(GenerationTest, EndsWithAnyOfTheStopIds) {
  const auto generation = run(kCycle, {.max_new_tokens = 5}, {0, 2});
  EXPECT_EQ(generation.token_ids, (Ids{1, 2}));
  EXPECT_STREQ(name_of(generation.stop), "stop_token");
}

TEST(GenerationTest, CallsAStopIdAtTheLimitAStop) {
  EXPECT_EQ(run(kCycle, {.max_new_tokens = 2}, {2}).stop, StopReason::kStopToken);
}

TEST(GenerationTest, TakesTheLowestIdOnTies) {
  const Bigrams ties = {{kStart, {0.2, 0.4, 0.4}}, {1, {0.3, 0.3, 0.3}}};
  EXPECT_EQ(run(ties, {.max_new_tokens = 2}).token_ids, (Ids{1, 0}));
}

TEST(GenerationTest, ForbidsStopIdsBeforeTheLeastLength) {
  const auto generation = run(kCycle, {.max_new_tokens = 9, .min_new_tokens = 2}, {2});
  // Step 2 would be 2; the tie of 0 and 1 goes to 0. Then 1, then the stop id.
  EXPECT_EQ(generation.token_ids, (Ids{1, 0, 1, 2}));
}

TEST(GenerationTest, PenalisesWhatWasSaidAndTheBosButNotThePrompt) {
  const Bigrams always = {
      {kStart, {0.5, 0.3, 0.2}}, {0, {0.5, 0.3, 0.2}}, {1, {0.5, 0.3, 0.2}}, {2, {0.5, 0.3, 0.2}}};
  // log .5 = -.69, log .3 = -1.20, log .2 = -1.61; twice as bad: -1.39, -2.41, -3.22.
  const Decoding decoding{.max_new_tokens = 3, .repetition_penalty = 2.0};
  EXPECT_EQ(run(always, decoding, {}, /*bos_id=*/0).token_ids, (Ids{1, 0, 0}));
  EXPECT_EQ(run(always, decoding, {}, /*bos_id=*/2).token_ids, (Ids{0, 1, 0}));
}

TEST(GenerationTest, SamplesTheSameAnswerFromTheSameSeed) {
  const Decoding decoding{.max_new_tokens = 40, .do_sample = true, .seed = 3};
  auto other = decoding;
  other.seed = 4;
  EXPECT_EQ(run(kCycle, decoding).token_ids, run(kCycle, decoding).token_ids);
  EXPECT_NE(run(kCycle, decoding).token_ids, run(kCycle, other).token_ids);
}

TEST(GenerationTest, SamplingOnlyTheBestIsGreedy) {
  const Decoding decoding{.max_new_tokens = 5, .do_sample = true, .top_k = 1};
  EXPECT_EQ(run(kCycle, decoding).token_ids, (Ids{1, 2, 0, 1, 2}));
}

TEST(GenerationTest, IgnoresATemperatureOfZeroWhereNothingIsSampled) {
  EXPECT_EQ(run(kCycle, {.max_new_tokens = 1, .temperature = 0.0}).token_ids, (Ids{1}));
}

// The first token of the best answer is not the best first token.
const Bigrams kGarden = {{kStart, {0.6, 0.399, 0.001}},
                         {0, {0.34, 0.33, 0.33}},
                         {1, {0.05, 0.05, 0.9}},
                         {2, {0.3, 0.3, 0.4}}};

TEST(BeamSearchTest, FindsTheLikelierAnswerBehindTheUnlikelierStart) {
  EXPECT_EQ(run(kGarden, {.max_new_tokens = 2}).token_ids, (Ids{0, 0}));
  const auto generation = run(kGarden, {.max_new_tokens = 2, .num_beams = 2});
  EXPECT_EQ(generation.token_ids, (Ids{1, 2}));
  EXPECT_EQ(generation.stop, StopReason::kLength);
}

TEST(BeamSearchTest, WeighsTheLengthOfFinishedAnswers) {
  // [1, 2]: log .3591 / 2 = -.512; [0, 1, 2]: log .1782 / 3 = -.575.
  const auto even = run(kGarden, {.max_new_tokens = 3, .num_beams = 2}, {2});
  EXPECT_EQ(even.token_ids, (Ids{1, 2}));
  EXPECT_EQ(even.stop, StopReason::kStopToken);
  // With lengths to the third power: -1.024 / 8 = -.128 and -1.725 / 27 = -.064.
  const Decoding prefers_long{.max_new_tokens = 3, .num_beams = 2, .length_penalty = 3.0};
  EXPECT_EQ(run(kGarden, prefers_long, {2}).token_ids, (Ids{0, 1, 2}));
}

TEST(BeamSearchTest, EndsAFinishedAnswerWithTheFirstStopId) {
  auto four = kGarden;
  for (auto& [token_id, probabilities] : four) probabilities.push_back(0);
  EXPECT_EQ(run(four, {.max_new_tokens = 3, .num_beams = 2}, {3, 2}).token_ids, (Ids{1, 3}));
}

TEST(BeamSearchTest, OneTokenIsTheBestOne) {
  EXPECT_EQ(run(kGarden, {.max_new_tokens = 1, .num_beams = 3}).token_ids, (Ids{0}));
}

TEST(GenerationTest, RefusesSettingsOutsideTheirRange) {
  const auto refusal = [](const Decoding& decoding) {
    return message_of<UsageError>([&] { check_decoding(decoding); });
  };
  expect_says(refusal({.max_new_tokens = 0}), "max_new_tokens must be at least 1, got 0");
  expect_says(refusal({.min_new_tokens = -1}), "min_new_tokens must be at least 0, got -1");
  expect_says(refusal({.num_beams = 0}), "num_beams must be at least 1, got 0");
  expect_says(refusal({.repetition_penalty = 0.0}), "repetition_penalty must be above 0");
  expect_says(refusal({.repetition_penalty = std::nan("")}), "repetition_penalty must be above 0");
  expect_says(refusal({.length_penalty = std::numeric_limits<double>::infinity()}),
              "length_penalty must be at least -1e+06");
  expect_says(refusal({.do_sample = true, .temperature = 0.0}), "temperature must be above 0");
  expect_says(refusal({.do_sample = true, .top_p = 1.5}), "top_p must be at least 0 and at most 1");
  expect_says(refusal({.do_sample = true, .top_k = -1}), "top_k must be at least 0, got -1");
  expect_says(refusal({.do_sample = true, .num_beams = 2}), "do_sample must be false");
}

TEST(GenerationTest, RefusesAStopIdOutsideTheVocabulary) {
  expect_says(message_of<SetupError>([] { run(kCycle, {}, {3}); }),
              "stop id 3 is outside the vocabulary of 3");
}

TEST(GenerationTest, RefusesLogitsThatAreNoNumbers) {
  const Bigrams broken = {{kStart, {0.5, -1.0}}};  // log(-1) is not a number
  for (const int num_beams : {1, 2}) {
    expect_says(message_of<SetupError>([&] { run(broken, {.num_beams = num_beams}); }),
                "logits[1] is not a number");
  }
  expect_says(message_of<SetupError>([&] { run(broken, {.do_sample = true}); }),
              "logits[1] is not a number");
}

/// Chooses by itself; counts how it was asked.
class CountingSequence final : public Sequence {
 public:
  explicit CountingSequence(int& num_fed, int& num_chosen)
      : num_fed_(num_fed), num_chosen_(num_chosen) {}
  std::vector<float> feed(int64_t token_id) override {
    ++num_fed_;
    return logits_after(kCycle, token_id);
  }
  int64_t feed_and_choose(int64_t token_id, Outlook /*outlook*/) override {
    ++num_chosen_;
    return best_token(logits_after(kCycle, token_id));
  }
  std::unique_ptr<Sequence> fork() const override {
    return std::make_unique<CountingSequence>(num_fed_, num_chosen_);
  }

 private:
  int& num_fed_;
  int& num_chosen_;
};

TEST(GenerationTest, LeavesTheChoiceToTheSequenceWhereNoRuleNeedsTheLogits) {
  const auto asked = [](const Decoding& decoding, const Ids& stop_ids) {
    int num_fed = 0;
    int num_chosen = 0;
    const auto generation =
        continue_sequence(std::make_unique<CountingSequence>(num_fed, num_chosen),
                          logits_after(kCycle, kStart), decoding, stop_ids, kBos);
    EXPECT_EQ(generation.token_ids, run(kCycle, decoding, stop_ids).token_ids);
    return std::pair(num_fed, num_chosen);
  };
  EXPECT_EQ(asked({.max_new_tokens = 5}, {}), std::pair(0, 4));
  EXPECT_EQ(asked({.max_new_tokens = 5}, {2}), std::pair(0, 1));
  EXPECT_EQ(asked({.max_new_tokens = 5, .min_new_tokens = 3}, {2}), std::pair(2, 1));
  EXPECT_EQ(asked({.max_new_tokens = 5, .repetition_penalty = 1.5}, {}), std::pair(4, 0));
  EXPECT_EQ(asked({.max_new_tokens = 5, .do_sample = true}, {}), std::pair(4, 0));
}

TEST(ContinuationTest, SaysWhetherItWillMostLikelyGoOn) {
  const auto outlooks = [](const Ids& stop_ids) {
    Continuation answer({.max_new_tokens = 10}, stop_ids, kBos);
    std::string all;
    for (bool goes_on = true; goes_on; goes_on = answer.take_largest(1)) {
      const auto outlook = answer.outlook();
      all += outlook == Outlook::kEnds ? 'e' : outlook == Outlook::kGoesOn ? 'g' : '?';
    }
    return all;
  };
  EXPECT_EQ(outlooks({}), "ggggggggge");
  EXPECT_EQ(outlooks({2}), "????????ge") << "a stop id is most likely early";
}

}  // namespace
}  // namespace mono::model
