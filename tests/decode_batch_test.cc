#include "model/decoder/decode_batch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>

#include "model/decoder/decode_numbers.h"
#include "model/engine.h"
#include "model/model.h"
#include "tests/golden_files.h"
#include "tests/messages.h"
#include "tests/tensor_compare.h"
#include "tests/tiny_checkpoint.h"

namespace mono::model {
namespace {

constexpr int64_t kImage = 30;
const at::Device kDevice(tests::golden_device_name());  // what MONO_DEVICE names
const EngineOptions kFused{.device = kDevice, .dtype = at::kFloat, .passes = PassKind::kFused};
const EngineOptions kPlain{.device = kDevice, .dtype = at::kFloat, .passes = PassKind::kPlain};

/// A model whose passes are fused, and sequences of it that have read a prompt.
class DecodeBatchTest : public testing::Test {
 protected:
  const Decoder& decoder() const { return model_.decoder(); }

  DecoderState read(const std::vector<int64_t>& ids) const {
    auto state = decoder().start(static_cast<int64_t>(ids.size()), 100);
    const Stretch stretch{.state = &state, .num_tokens = static_cast<int64_t>(ids.size())};
    model_.pass(ids, {}, {&stretch, 1}, nullptr);
    return state;
  }

  tests::TinyCheckpoint checkpoint_{};
  Model model_{checkpoint_.path(), kImage, kFused};
};

TEST(DecodeNumbersTest, RoundsStepsUpToPowersOfTwo) {
  EXPECT_EQ(decode_rows(1), 1);
  EXPECT_EQ(decode_rows(5), 8);
  EXPECT_EQ(decode_rows(64), 64);
  EXPECT_EQ(decode_length(3, 4096), 1024);
  EXPECT_EQ(decode_length(1025, 4096), 2048);
  EXPECT_EQ(decode_length(2050, 3072), 3072);
}

TEST_F(DecodeBatchTest, ATokenHasTheSameBitsInAnyCompanyAndSlot) {
  const auto state = read({1, 5, 6, 7});
  DecodeBatch alone(decoder(), 1, 1024);
  const std::array<NextToken, 1> token{{{.slot = alone.admit(state), .token_id = 9}}};
  at::Tensor expected;
  alone.step(token, &expected);

  DecodeBatch batch(decoder(), 7, 1024);
  std::vector<NextToken> tokens;
  for (int64_t other = 0; other < 6; ++other) {
    const auto stranger = read(std::vector<int64_t>(static_cast<size_t>(other) + 2, 3 + other));
    tokens.push_back({.slot = batch.admit(stranger), .token_id = 10 + other});
  }
  tokens.insert(tokens.begin() + 3, {.slot = batch.admit(state), .token_id = 9});
  at::Tensor logits;
  batch.step(tokens, &logits);
  EXPECT_TRUE(at::equal(logits[3], expected[0]));
}

TEST_F(DecodeBatchTest, ChoosesTheLargestLogit) {
  DecodeBatch batch(decoder(), 2, 1024);
  const std::array<NextToken, 2> tokens{{{.slot = batch.admit(read({1, 5})), .token_id = 4},
                                         {.slot = batch.admit(read({2, 8, 9})), .token_id = 6}}};
  at::Tensor logits;
  const auto choices = batch.step(tokens, &logits);
  for (int64_t row = 0; row < 2; ++row) {
    const auto& choice = choices[static_cast<size_t>(row)];
    EXPECT_TRUE(choice.is_number);
    EXPECT_EQ(choice.token_id, logits[row].argmax().item<int64_t>());
  }
}

TEST_F(DecodeBatchTest, SendsAnImageContextIdToTheVisualExperts) {
  const Model plain(checkpoint_.path(), kImage, kPlain);
  const std::vector<int64_t> prompt{1, 5, 6};
  for (const int64_t id : {kImage, int64_t{8}}) {
    auto fused = model_.read(prompt, {}, 2, nullptr);
    auto other = plain.read(prompt, {}, 2, nullptr);
    const auto actual = fused.sequence->feed(id);
    tests::expect_close("logits", at::tensor(actual), at::tensor(other.sequence->feed(id)),
                        {.relative = 1e-5});
  }
}

TEST_F(DecodeBatchTest, MoreSequencesThanAStepTakesAreStillEachTheirOwn) {
  constexpr int kMany = 70;
  DecodeBatch batch(decoder(), kMany, 1024);
  const auto state = read({1, 5, 6, 7});
  std::vector<NextToken> tokens;
  tokens.reserve(kMany);
  for (int i = 0; i < kMany; ++i) tokens.push_back({.slot = batch.admit(state), .token_id = 9});
  at::Tensor logits;
  EXPECT_EQ(batch.step(tokens, &logits).size(), static_cast<size_t>(kMany));
  EXPECT_TRUE(at::equal(logits, logits[0].expand_as(logits)));
}

TEST_F(DecodeBatchTest, AForkGoesOnAsItsOriginal) {
  auto original = model_.read(std::array<int64_t, 3>{1, 5, 6}, {}, 4, nullptr);
  const auto unfed = original.sequence->fork();
  const auto after_seven = original.sequence->feed(7);
  const auto fed = original.sequence->fork();
  EXPECT_EQ(unfed->feed(7), after_seven);
  EXPECT_EQ(fed->feed(8), original.sequence->feed(8));
}

TEST_F(DecodeBatchTest, RefusesWhatDoesNotFit) {
  DecodeBatch batch(decoder(), 1, 3);
  const auto slot = batch.admit(read({1, 5, 6}));
  const std::array<NextToken, 1> token{{{.slot = slot, .token_id = 9}}};
  tests::expect_says(tests::message_of<c10::Error>([&] { batch.step(token, nullptr); }),
                     "slot 0 with 3 of 3 tokens takes no other");
  tests::expect_says(tests::message_of<c10::Error>([&] { batch.admit(read({1})); }),
                     "all 1 slots are taken");
  batch.release(slot);
  tests::expect_says(tests::message_of<c10::Error>([&] {
                       batch.admit(read({1, 2, 3, 4}));
                     }),
                     "a sequence of 4 tokens in a slot of 3");
}

TEST(EngineTest, SaysWhatItsPassesGoThrough) {
  const tests::TinyCheckpoint checkpoint;
  const auto passes = [&](const EngineOptions& options) {
    return Engine(checkpoint.path(), kImage, options).passes();
  };
  EXPECT_EQ(passes(kFused), "fused passes, recorded prompts and steps");
  EXPECT_EQ(passes({.device = kDevice, .passes = PassKind::kFused, .records_prompts = false}),
            "fused passes, recorded steps");
  EXPECT_EQ(passes(kPlain), "plain passes");
  EXPECT_EQ(passes({.device = kDevice,
                    .attention = kernels::AttentionKind::kEager,
                    .passes = PassKind::kFused}),
            "fused passes");
}

TEST(EngineTest, FusedAndPlainPassesAnswerAlike) {
  const tests::TinyCheckpoint checkpoint;
  const Engine fused(checkpoint.path(), kImage, kFused);
  const Engine plain(checkpoint.path(), kImage, kPlain);
  const std::vector<int64_t> prompt{1, 5, 6, 7};
  for (const auto& decoding :
       {Decoding{.max_new_tokens = 12}, Decoding{.max_new_tokens = 12, .num_beams = 3},
        Decoding{.max_new_tokens = 12, .repetition_penalty = 1.3},
        Decoding{.max_new_tokens = 12, .do_sample = true, .seed = 5}}) {
    const auto expected = plain.generate(prompt, {}, decoding, {}).token_ids;
    EXPECT_EQ(fused.generate(prompt, {}, decoding, {}).token_ids, expected);
    const std::vector<EngineRequest> requests(5, {.input_ids = prompt, .decoding = decoding});
    fused.answer(requests, {.schedule = {.max_sequences = 3}},
                 [&](size_t, const EngineAnswer& answer) {
                   EXPECT_EQ(answer.error, "");
                   EXPECT_EQ(answer.generation.token_ids, expected);
                 });
  }
}

}  // namespace
}  // namespace mono::model
