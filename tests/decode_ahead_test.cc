// A batch that starts steps ahead beside one that does not: what they choose, and every bit they
// leave in the cache, is the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>

#include "model/decoder/decode_batch.h"
#include "model/model.h"
#include "tests/golden_files.h"
#include "tests/messages.h"
#include "tests/tiny_checkpoint.h"

namespace mono::model {
namespace {

constexpr int64_t kImage = 30;
const EngineOptions kOptions{.device = at::Device(tests::golden_device_name()),
                             .dtype = at::kFloat,
                             .passes = PassKind::kFused};

nlohmann::json config_for(int64_t max_length) {
  auto config = tests::tiny_config();
  config["llm_config"]["max_position_embeddings"] = max_length;
  return config;
}

/// A sequence of a play: what it has read, and when it comes and goes.
struct Part {
  std::vector<int64_t> prompt{};
  int64_t first_token = 9;
  int begins = 0;          // at which step
  int num_steps = 8;       // after which it ends
  bool tells_end = false;  // whether the step before the end is told so
};

/// What became of it.
struct Played {
  std::vector<int64_t> chosen{};
  at::Tensor cache{};
};

class DecodeAheadTest : public testing::Test {
 protected:
  explicit DecodeAheadTest(int64_t max_length = 64, const EngineOptions& options = kOptions)
      : checkpoint_(tests::tiny_weights(), config_for(max_length)),
        model_(checkpoint_.path(), kImage, options) {}

  DecoderState read(const Model& model, const std::vector<int64_t>& ids) const {
    const auto count = static_cast<int64_t>(ids.size());
    auto state = model.decoder().start(count, count + 100);
    const Stretch stretch{.state = &state, .num_tokens = count};
    model.pass(ids, {}, {&stretch, 1}, nullptr);
    return state;
  }
  DecoderState read(const std::vector<int64_t>& ids) const { return read(model_, ids); }

  /// All parts from their first step to their last, in the order in which they came.
  std::vector<Played> play(const Model& model, DecodeBatch& batch,
                           const std::vector<Part>& parts) const {
    std::vector<Played> played(parts.size());
    std::vector<int> slots(parts.size(), -1);
    const auto is_over = [&](size_t i) {
      return played[i].chosen.size() == static_cast<size_t>(parts[i].num_steps);
    };
    for (int step = 0; !all_over(parts, played); ++step) {
      std::vector<NextToken> tokens;
      std::vector<size_t> who;
      for (size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].begins > step || is_over(i)) continue;
        if (slots[i] < 0) slots[i] = batch.admit(read(model, parts[i].prompt));
        const auto& chosen = played[i].chosen;
        const int64_t id = chosen.empty() ? parts[i].first_token : chosen.back();
        const bool ends =
            parts[i].tells_end && chosen.size() + 1 == static_cast<size_t>(parts[i].num_steps);
        tokens.push_back({.slot = slots[i],
                          .token_id = id,
                          .is_visual = id == model.image_context_id(),
                          .outlook = ends ? Outlook::kEnds : Outlook::kGoesOn});
        who.push_back(i);
      }
      if (tokens.empty()) continue;
      const auto choices = batch.step(tokens, nullptr);
      for (size_t k = 0; k < who.size(); ++k) {
        played[who[k]].chosen.push_back(choices[k].token_id);
        if (!is_over(who[k])) continue;
        played[who[k]].cache = batch.state_of(slots[who[k]]).cache.filled().clone();
        batch.release(slots[who[k]]);
      }
    }
    return played;
  }

  /// Plays both ways in batches of so many slots. \returns the counts of the one ahead.
  DecodeBatch::AheadCounts expect_same(const Model& model, int64_t num_slots, int64_t capacity,
                                       const std::vector<Part>& parts) const {
    DecodeBatch in_turn(model.decoder(), num_slots, capacity);
    DecodeBatch ahead(model.decoder(), num_slots, capacity, /*starts_ahead=*/true);
    const auto expected = play(model, in_turn, parts);
    const auto actual = play(model, ahead, parts);
    for (size_t i = 0; i < parts.size(); ++i) {
      EXPECT_EQ(actual[i].chosen, expected[i].chosen) << "sequence " << i;
      EXPECT_TRUE(at::equal(actual[i].cache, expected[i].cache)) << "cache of sequence " << i;
    }
    EXPECT_EQ(in_turn.ahead_counts().num_started, 0);
    return ahead.ahead_counts();
  }

  static bool all_over(const std::vector<Part>& parts, const std::vector<Played>& played) {
    for (size_t i = 0; i < parts.size(); ++i) {
      if (played[i].chosen.size() < static_cast<size_t>(parts[i].num_steps)) return false;
    }
    return true;
  }

  tests::TinyCheckpoint checkpoint_;
  Model model_;
};

/// Different prompts that end at different steps, some of them with notice.
std::vector<Part> mixed_parts(int count) {
  std::vector<Part> parts;
  for (int i = 0; i < count; ++i) {
    std::vector<int64_t> prompt{1};
    for (int k = 0; k < 2 + 5 * i % 7; ++k) prompt.push_back(3 + (i + 4 * k) % 25);
    parts.push_back({.prompt = prompt,
                     .first_token = 5 + i % 24,
                     .num_steps = 3 + 7 * i % 11,
                     .tells_end = i % 2 == 0});
  }
  return parts;
}

TEST_F(DecodeAheadTest, SequencesOfAnyLengthAndEndAreTheSame) {
  for (const int count : {1, 2, 7, 16}) {
    SCOPED_TRACE(count);
    const auto counts = expect_same(model_, count, 1024, mixed_parts(count));
    EXPECT_GT(counts.num_started, counts.num_dropped);
  }
}

TEST_F(DecodeAheadTest, SequencesThatBeginInBetweenAreTheSame) {
  auto parts = mixed_parts(12);
  for (size_t i = 4; i < parts.size(); ++i) parts[i].begins = static_cast<int>(i);
  const auto counts = expect_same(model_, 8, 1024, parts);
  EXPECT_GT(counts.num_started, 0);
  EXPECT_GT(counts.num_dropped, 0) << "a step started before a sequence began does not serve it";
}

TEST_F(DecodeAheadTest, WhereEveryEndIsToldNoStepIsForNothing) {
  auto parts = mixed_parts(7);
  int most_steps = 0;
  for (auto& part : parts) {
    part.tells_end = true;
    most_steps = std::max(most_steps, part.num_steps);
  }
  DecodeBatch warmed(model_.decoder(), 7, 1024, true);
  play(model_, warmed, parts);  // every number of rows is recorded now
  const auto before = warmed.ahead_counts();
  play(model_, warmed, parts);
  EXPECT_EQ(warmed.ahead_counts().num_started - before.num_started, most_steps - 1);
  EXPECT_EQ(warmed.ahead_counts().num_dropped, 0);
}

TEST_F(DecodeAheadTest, AnEndThatIsNotToldDropsTheLastStepAlone) {
  const auto counts =
      expect_same(model_, 1, 1024, {{.prompt = {1, 5, 6}, .num_steps = 6, .tells_end = false}});
  EXPECT_EQ(counts.num_started, 6);
  EXPECT_EQ(counts.num_dropped, 0) << "nobody has asked for another yet";
}

TEST_F(DecodeAheadTest, NothingIsStartedForAnUnknownOutlookOrForLogits) {
  DecodeBatch batch(model_.decoder(), 2, 1024, true);
  std::vector<NextToken> tokens{
      {.slot = batch.admit(read({1, 5})), .token_id = 4, .outlook = Outlook::kGoesOn},
      {.slot = batch.admit(read({2, 8, 9})), .token_id = 6, .outlook = Outlook::kUnknown}};
  batch.step(tokens, nullptr);
  tokens[1].outlook = Outlook::kGoesOn;
  at::Tensor logits;
  batch.step(tokens, &logits);
  tokens[0].outlook = tokens[1].outlook = Outlook::kEnds;
  batch.step(tokens, nullptr);
  EXPECT_EQ(batch.ahead_counts().num_started, 0);
}

TEST_F(DecodeAheadTest, AStepWhoseLogitsAreAskedForIsDoneAnew) {
  DecodeBatch in_turn(model_.decoder(), 1, 1024);
  DecodeBatch ahead(model_.decoder(), 1, 1024, true);
  at::Tensor expected;
  at::Tensor actual;
  for (const auto& [batch, logits] : {std::pair{&in_turn, &expected}, {&ahead, &actual}}) {
    NextToken token{.slot = batch->admit(read({1, 5})), .token_id = 4, .outlook = Outlook::kGoesOn};
    token.token_id = batch->step({&token, 1}, nullptr).front().token_id;
    batch->step({&token, 1}, logits);
  }
  EXPECT_EQ(ahead.ahead_counts().num_dropped, 1);
  EXPECT_TRUE(at::equal(actual, expected));
}

TEST_F(DecodeAheadTest, ATokenOtherThanTheChosenOneIsReadAsAsked) {
  DecodeBatch in_turn(model_.decoder(), 1, 1024);
  DecodeBatch ahead(model_.decoder(), 1, 1024, true);
  std::vector<NextChoice> last;
  std::vector<at::Tensor> caches;
  for (auto* batch : {&in_turn, &ahead}) {
    NextToken token{.slot = batch->admit(read({1, 5})), .token_id = 4, .outlook = Outlook::kGoesOn};
    token.token_id = (batch->step({&token, 1}, nullptr).front().token_id + 1) % 29;
    last.push_back(batch->step({&token, 1}, nullptr).front());
    caches.push_back(batch->state_of(token.slot).cache.filled().clone());
  }
  EXPECT_EQ(ahead.ahead_counts().num_dropped, 1);
  EXPECT_EQ(last[1].token_id, last[0].token_id);
  EXPECT_TRUE(at::equal(caches[1], caches[0]));
}

TEST_F(DecodeAheadTest, SomeOfTheSequencesInAnyOrderAreServed) {
  DecodeBatch in_turn(model_.decoder(), 4, 1024);
  DecodeBatch ahead(model_.decoder(), 4, 1024, true);
  std::vector<std::vector<int64_t>> chosen;
  for (auto* batch : {&in_turn, &ahead}) {
    std::vector<NextToken> tokens;
    for (int64_t i = 0; i < 4; ++i) {
      tokens.push_back({.slot = batch->admit(read({1, 3 + 2 * i, 20 - i})),
                        .token_id = 4 + 3 * i,
                        .outlook = Outlook::kGoesOn});
    }
    const auto first = batch->step(tokens, nullptr);
    for (size_t i = 0; i < 4; ++i) tokens[i].token_id = first[i].token_id;
    const std::array some{tokens[3], tokens[0], tokens[1]};
    auto& ids = chosen.emplace_back();
    for (const auto& choice : batch->step(some, nullptr)) ids.push_back(choice.token_id);
    for (const auto& choice : batch->step({&tokens[2], 1}, nullptr)) {
      ids.push_back(choice.token_id);  // its turn comes a step later than the others'
    }
  }
  EXPECT_EQ(chosen[1], chosen[0]);
  EXPECT_EQ(ahead.ahead_counts().num_dropped, 1) << "the one behind the some";
}

TEST_F(DecodeAheadTest, ASlotGivenToAnotherSequenceIsNotServedFromBefore) {
  const std::vector<int64_t> one{1, 5, 6};
  const std::vector<int64_t> other{2, 17, 11, 28};  // as long as `one` and a token
  DecodeBatch alone(model_.decoder(), 1, 1024);
  DecodeBatch batch(model_.decoder(), 1, 1024, true);
  NextToken token{.slot = batch.admit(read(one)), .token_id = 9, .outlook = Outlook::kGoesOn};
  token.token_id = batch.step({&token, 1}, nullptr).front().token_id;
  ASSERT_EQ(batch.ahead_counts().num_started, 1);
  batch.release(token.slot);
  ASSERT_EQ(batch.admit(read(other)), token.slot);
  alone.admit(read(other));
  for (int step = 0; step < 4; ++step) {
    const auto expected = alone.step({&token, 1}, nullptr).front().token_id;
    ASSERT_EQ(batch.step({&token, 1}, nullptr).front().token_id, expected);
    token.token_id = expected;
  }
  EXPECT_TRUE(at::equal(batch.state_of(0).cache.filled(), alone.state_of(0).cache.filled()));
  EXPECT_EQ(batch.ahead_counts().num_dropped, 1);
}

TEST_F(DecodeAheadTest, AllSlotsFreedEndWhatWasStarted) {
  DecodeBatch batch(model_.decoder(), 1, 1024, true);
  const NextToken token{
      .slot = batch.admit(read({1, 5, 6})), .token_id = 9, .outlook = Outlook::kGoesOn};
  batch.step({&token, 1}, nullptr);
  batch.release_all();
  EXPECT_EQ(batch.ahead_counts().num_dropped, 1);
}

TEST_F(DecodeAheadTest, AShortSequenceIsNotTouchedByWhatALongOneLeft) {
  std::vector<Part> parts{{.prompt = {1, 5, 6, 7, 8, 9, 10, 11}, .num_steps = 4},
                          {.prompt = {2, 17}, .begins = 4, .num_steps = 12},
                          {.prompt = {1, 12, 13}, .num_steps = 16}};
  const auto counts = expect_same(model_, 2, 1024, parts);
  EXPECT_GT(counts.num_started, 0);
}

TEST_F(DecodeAheadTest, ASlotIsFilledToItsLastPlace) {
  DecodeBatch batch(model_.decoder(), 1, 6, true);
  NextToken token{.slot = batch.admit(read({1, 5, 6})), .token_id = 9, .outlook = Outlook::kGoesOn};
  for (int step = 0; step < 3; ++step) {
    token.token_id = batch.step({&token, 1}, nullptr).front().token_id;
  }
  EXPECT_EQ(batch.ahead_counts().num_started, 2);
  tests::expect_says(tests::message_of<c10::Error>([&] {
                       batch.step({&token, 1}, nullptr);
                     }),
                     "slot 0 with 6 of 6 tokens takes no other");
  expect_same(model_, 2, 6,
              {{.prompt = {1, 5, 6}, .num_steps = 3}, {.prompt = {2, 7}, .num_steps = 4}});
}

TEST_F(DecodeAheadTest, BeyondTheRotaryTableStepsAreDoneInTurn) {
  std::vector<int64_t> prompt(60, 7);
  prompt.front() = 1;
  const auto counts = expect_same(model_, 1, 1024, {{.prompt = prompt, .num_steps = 12}});
  EXPECT_EQ(counts.num_started, 3) << "the tokens at 61, 62 and 63";
}

TEST_F(DecodeAheadTest, MoreSequencesThanAStepTakesAreStillEachTheirOwn) {
  std::vector<Part> parts = mixed_parts(70);
  for (auto& part : parts) part.num_steps = 3;
  EXPECT_EQ(expect_same(model_, 70, 1024, parts).num_started, 0);
}

TEST_F(DecodeAheadTest, AChosenImageContextIdIsReadByItsExperts) {
  const auto parts = mixed_parts(5);
  std::set<int64_t> read_before;
  for (const auto& part : parts) {
    read_before.insert(part.first_token);
    read_before.insert(part.prompt.begin(), part.prompt.end());
  }
  DecodeBatch batch(model_.decoder(), 5, 1024);
  std::optional<int64_t> image;  // an id that is chosen, read, and in no prompt
  for (const auto& [chosen, cache] : play(model_, batch, parts)) {
    const auto found = std::find_if(chosen.begin(), chosen.end() - 1,
                                    [&](int64_t id) { return !read_before.contains(id); });
    if (found != chosen.end() - 1) image = *found;
  }
  ASSERT_TRUE(image);
  const auto counts = expect_same(Model(checkpoint_.path(), *image, kOptions), 5, 1024, parts);
  EXPECT_GT(counts.num_dropped, 0);
  EXPECT_GT(counts.num_started, counts.num_dropped);
}

TEST_F(DecodeAheadTest, ASequenceWithoutNumbersLeavesTheOthersAlone) {
  constexpr int64_t kBroken = 33;
  auto weights = tests::tiny_weights();
  weights.at("language_model.model.tok_embeddings.weight")[kBroken].fill_(
      std::numeric_limits<float>::quiet_NaN());
  const tests::TinyCheckpoint broken(weights);
  const Model model(broken.path(), kImage, kOptions);
  std::vector<std::vector<int64_t>> chosen;
  for (const bool starts_ahead : {false, true}) {
    DecodeBatch batch(model.decoder(), 2, 1024, starts_ahead);
    std::vector<NextToken> tokens{
        {.slot = batch.admit(read(model, {1, 5})),
         .token_id = kBroken,
         .outlook = Outlook::kGoesOn},
        {.slot = batch.admit(read(model, {2, 8})), .token_id = 6, .outlook = Outlook::kGoesOn}};
    const auto first = batch.step(tokens, nullptr);
    EXPECT_FALSE(first[0].is_number);
    ASSERT_TRUE(first[1].is_number);
    batch.release(tokens[0].slot);
    NextToken token{tokens[1]};
    auto& ids = chosen.emplace_back();
    for (int64_t id = first[1].token_id; ids.size() < 5; id = ids.back()) {
      token.token_id = id;
      const auto choice = batch.step({&token, 1}, nullptr).front();
      EXPECT_TRUE(choice.is_number);
      ids.push_back(choice.token_id);
    }
    EXPECT_EQ(batch.ahead_counts().num_started > 0, starts_ahead);
  }
  EXPECT_EQ(chosen[1], chosen[0]);
}

class LongDecodeAheadTest : public DecodeAheadTest {
 protected:
  LongDecodeAheadTest() : DecodeAheadTest(4096) {}
};

TEST_F(LongDecodeAheadTest, ALengthIsStartedAheadOnceItIsRecorded) {
  std::vector<int64_t> prompt(1020, 7);
  prompt.front() = 1;
  const std::vector<Part> parts{
      {.prompt = prompt, .num_steps = 8, .tells_end = true},
      {.prompt = {1, 5}, .begins = 8, .num_steps = 2, .tells_end = true},
      {.prompt = prompt, .begins = 10, .num_steps = 8, .tells_end = true}};
  const auto counts = expect_same(model_, 1, 4096, parts);
  EXPECT_EQ(counts.num_started, 6 + 1 + 7) << "all but the first ones of length 1024 and 2048";
  EXPECT_EQ(counts.num_dropped, 0);
}

class FreeDecodeAheadTest : public DecodeAheadTest {
 protected:
  FreeDecodeAheadTest() : DecodeAheadTest(64, free_options()) {}
  static EngineOptions free_options() {
    auto options = kOptions;
    options.is_deterministic = false;
    return options;
  }
};

TEST_F(FreeDecodeAheadTest, EveryStepHasAsManyRowsAsWithoutIt) {
  for (const int count : {1, 2, 7, 16}) {
    SCOPED_TRACE(count);
    const auto counts = expect_same(model_, count, 1024, mixed_parts(count));
    EXPECT_GT(counts.num_started, counts.num_dropped);
    EXPECT_EQ(counts.num_dropped > 0, count > 2) << "fewer rows, rounded up, are done anew";
  }
}

}  // namespace
}  // namespace mono::model
