// Whole answers, with steps started ahead and in turn.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "model/batch/batch_run.h"
#include "model/engine.h"
#include "model/model.h"
#include "tests/golden_files.h"
#include "tests/tiny_checkpoint.h"

namespace mono::model {
namespace {

constexpr int64_t kImage = 30;

EngineOptions options_for(StepStart steps) {
  return {.device = at::Device(tests::golden_device_name()),
          .dtype = at::kFloat,
          .passes = PassKind::kFused,
          .steps = steps};
}

/// What became of a request.
struct Outcome {
  std::vector<int64_t> token_ids{};
  StopReason stop = StopReason::kLength;
  std::string error{};
  std::vector<std::vector<float>> logits{};  // where somebody looks

  bool operator==(const Outcome&) const = default;
};

class AnswersAheadTest : public testing::Test {
 protected:
  /// Answers through `BatchRun`, whose batch is left idle in the model.
  static std::vector<Outcome> ask(const Model& model, const std::vector<EngineRequest>& requests,
                                  int max_sequences, bool looks = false) {
    std::vector<Outcome> outcomes(requests.size());
    std::vector<size_t> indices(requests.size());
    for (size_t i = 0; i < indices.size(); ++i) indices[i] = i;
    const OnAnswer on_answer = [&](size_t i, const EngineAnswer& answer) {
      outcomes[i].token_ids = answer.generation.token_ids;
      outcomes[i].stop = answer.generation.stop;
      outcomes[i].error = answer.error;
    };
    LogitsSink on_logits;
    if (looks) {
      on_logits = [&](size_t i, std::span<const float> logits) {
        outcomes[i].logits.emplace_back(logits.begin(), logits.end());
      };
    }
    BatchRun(model, requests, indices, {.schedule = {.max_sequences = max_sequences}}, on_answer,
             on_logits)();
    return outcomes;
  }

  /// Of the one batch that the model has.
  static DecodeBatch::AheadCounts counts_of(const Model& model) {
    return model.batches()->take(1, 1)->ahead_counts();
  }

  /// Asks a model each way. \returns the counts of the one ahead.
  DecodeBatch::AheadCounts expect_same(const std::vector<EngineRequest>& requests,
                                       int max_sequences, bool looks = false) const {
    const Model ahead(checkpoint_.path(), kImage, options_for(StepStart::kAhead));
    const auto expected = ask(in_turn_, requests, max_sequences, looks);
    const auto actual = ask(ahead, requests, max_sequences, looks);
    for (size_t i = 0; i < requests.size(); ++i) {
      EXPECT_EQ(actual[i].token_ids, expected[i].token_ids) << "request " << i;
      EXPECT_TRUE(actual[i] == expected[i]) << "request " << i;
    }
    EXPECT_EQ(counts_of(in_turn_).num_started, 0);
    return counts_of(ahead);
  }

  /// Prompts of different lengths whose answers end with a stop id at different places, or at their
  /// limit.
  std::vector<EngineRequest> questions(int count) const {
    std::vector<EngineRequest> requests;
    for (int i = 0; i < count; ++i) {
      EngineRequest request{.decoding = {.max_new_tokens = 11 + 5 * i % 7}};
      request.input_ids = {1};
      for (int k = 0; k < 2 + i % 5; ++k) request.input_ids.push_back(3 + (2 * i + 5 * k) % 27);
      requests.push_back(request);
    }
    const auto whole = ask(in_turn_, requests, 1);
    for (size_t i = 0; i < requests.size(); i += 2) {
      requests[i].stop_ids = {whole[i].token_ids[8 + i % 3]};
    }
    return requests;
  }

  const tests::TinyCheckpoint checkpoint_{};
  const Model in_turn_{checkpoint_.path(), kImage, options_for(StepStart::kInTurn)};
};

TEST_F(AnswersAheadTest, BatchesOfAnySizeAreTheSame) {
  const auto requests = questions(16);
  for (const int max_sequences : {1, 2, 7, 16}) {
    SCOPED_TRACE(max_sequences);
    const auto counts = expect_same(requests, max_sequences);
    EXPECT_GT(counts.num_started, 0);
    EXPECT_LE(counts.num_dropped, 1) << "only a last answer's stop id is met too late";
  }
}

TEST_F(AnswersAheadTest, OneAfterTheOtherIsTheSame) {
  const Engine in_turn(checkpoint_.path(), kImage, options_for(StepStart::kInTurn));
  const Engine ahead(checkpoint_.path(), kImage, options_for(StepStart::kAhead));
  for (const auto& request : questions(6)) {
    const auto answer_of = [&](const Engine& engine) {
      return engine.generate(request.input_ids, {}, request.decoding, request.stop_ids);
    };
    const auto expected = answer_of(in_turn);
    const auto actual = answer_of(ahead);
    EXPECT_EQ(actual.token_ids, expected.token_ids);
    EXPECT_EQ(actual.stop, expected.stop);
  }
}

TEST_F(AnswersAheadTest, SampledAndPenalisedOnesBesideGreedyOnesAreTheSame) {
  auto requests = questions(9);
  requests[1].decoding.do_sample = true;
  requests[1].decoding.seed = 5;
  requests[1].decoding.max_new_tokens = 10;  // the greedy ones go on by themselves
  requests[4].decoding.repetition_penalty = 1.3;
  requests[4].decoding.max_new_tokens = 12;
  requests[6].decoding.min_new_tokens = 11;
  EXPECT_GT(expect_same(requests, 9).num_started, 0);
}

TEST_F(AnswersAheadTest, WhoeverLooksAtTheLogitsSeesTheSame) {
  const auto counts = expect_same(questions(7), 7, /*looks=*/true);
  EXPECT_EQ(counts.num_started, 0);
}

TEST_F(AnswersAheadTest, NothingIsStartedAheadOfAPromptThatWaits) {
  const std::vector<EngineRequest> requests(
      2, {.input_ids = {1, 5, 6}, .decoding = {.max_new_tokens = 5}});
  const auto counts = expect_same(requests, 1);
  EXPECT_EQ(counts.num_started, 3)
      << "for the second answer, whose first and last tokens need none";
  EXPECT_EQ(counts.num_dropped, 0);
}

TEST_F(AnswersAheadTest, NothingIsStartedAheadOfAShortAnswersStopId) {
  const std::vector<EngineRequest> requests(
      2, {.input_ids = {1, 5, 6}, .decoding = {.max_new_tokens = 9}, .stop_ids = {39}});
  EXPECT_EQ(expect_same(requests, 2).num_started, 0);
}

/// An id that one answer says, not as its last, and no prompt and no other answer.
int64_t said_by_one(const std::vector<Outcome>& outcomes,
                    const std::vector<EngineRequest>& requests) {
  std::map<int64_t, int> num_said;
  for (const auto& outcome : outcomes) {
    for (const int64_t id : std::set(outcome.token_ids.begin(), outcome.token_ids.end())) {
      ++num_said[id];
    }
  }
  for (const auto& request : requests) {
    for (const int64_t id : request.input_ids) ++num_said[id];
  }
  for (const auto& outcome : outcomes) {
    for (size_t i = 2; i + 3 < outcome.token_ids.size(); ++i) {
      if (num_said[outcome.token_ids[i]] == 1) return outcome.token_ids[i];
    }
  }
  fail("every id is said twice");
}

TEST_F(AnswersAheadTest, AnAnswerWithoutNumbersIsRefusedAndTheOthersGoOn) {
  auto requests = questions(4);
  for (auto& request : requests) request.stop_ids.clear();
  const auto broken = said_by_one(ask(in_turn_, requests, 4), requests);
  auto weights = tests::tiny_weights();
  weights.at("language_model.model.tok_embeddings.weight")[broken].fill_(
      std::numeric_limits<float>::quiet_NaN());
  const tests::TinyCheckpoint checkpoint(weights);
  const Model in_turn(checkpoint.path(), kImage, options_for(StepStart::kInTurn));
  const Model ahead(checkpoint.path(), kImage, options_for(StepStart::kAhead));
  const auto expected = ask(in_turn, requests, 4);
  EXPECT_TRUE(ask(ahead, requests, 4) == expected);
  const auto num_refused =
      std::count_if(expected.begin(), expected.end(),
                    [](const Outcome& outcome) { return outcome.error == "no logit is a number"; });
  EXPECT_EQ(num_refused, 1);
  EXPECT_GT(counts_of(ahead).num_started, 0);
}

TEST_F(AnswersAheadTest, AChosenImageContextIdIsReadByItsExperts) {
  auto requests = questions(5);
  for (auto& request : requests) request.stop_ids.clear();
  const auto image = said_by_one(ask(in_turn_, requests, 5), requests);
  const Model in_turn(checkpoint_.path(), image, options_for(StepStart::kInTurn));
  const Model ahead(checkpoint_.path(), image, options_for(StepStart::kAhead));
  EXPECT_TRUE(ask(ahead, requests, 5) == ask(in_turn, requests, 5));
  EXPECT_GT(counts_of(ahead).num_started, counts_of(ahead).num_dropped);
  EXPECT_GT(counts_of(ahead).num_dropped, 0);
}

}  // namespace
}  // namespace mono::model
