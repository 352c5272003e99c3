#include "model/weights/weights.h"

#include <gtest/gtest.h>

#include <memory>

#include "model/weights/tensors.h"
#include "tests/memory_limit.h"
#include "tests/messages.h"
#include "tests/temporary_folder.h"
#include "tests/tiny_checkpoint.h"

namespace mono::model {
namespace {

using tests::TinyCheckpoint;

TEST(WeightsTest, AreCopiesThatDoNotNeedTheFile) {
  const TinyCheckpoint checkpoint;
  auto stored = read_safetensors(checkpoint.path() / "model.safetensors");
  const auto expected = tensor_over(stored.at("mlp1.1.weight")).clone();
  const std::weak_ptr<const MappedFile> file = stored.at("mlp1.1.weight").file;
  at::Tensor weight;
  {
    WeightTaker taker(std::move(stored), at::kBFloat16, at::kCPU);
    weight = taker.take("mlp1.1.weight", {32, 24});
  }
  EXPECT_TRUE(file.expired());
  EXPECT_TRUE(at::equal(weight, expected));
}

TEST(WeightsTest, LieOneUnderTheOtherWhereTheyAreTakenTogether) {
  const tests::TemporaryFolder folder;
  const auto first = at::randn({2, 3}), second = at::randn({4, 3});
  tests::write_tensors(folder.path() / "a", {{"a", first}, {"b", second}});
  WeightTaker taker(read_safetensors(folder.path() / "a"), at::kFloat, at::kCPU);
  EXPECT_TRUE(at::equal(taker.take_stacked({"a", "b"}, {2, 4}, {3}), at::cat({first, second})));
  EXPECT_TRUE(taker.problems().empty());
}

TEST(WeightsTest, ATableStaysInItsFileInTheDtypeItIsStoredIn) {
  const tests::TemporaryFolder folder;
  const auto table = at::randn({4, 8});
  tests::write_tensors(folder.path() / "a", {{"a", table}});
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    auto stored = read_safetensors(folder.path() / "a");
    const std::weak_ptr<const MappedFile> file = stored.at("a").file;
    at::Tensor taken;
    {
      WeightTaker taker(std::move(stored), dtype, at::kCPU);
      taken = taker.take_table("a", {4, 8});
    }
    EXPECT_TRUE(at::equal(taken, table.to(dtype)));
    EXPECT_EQ(file.expired(), dtype != at::kFloat) << dtype;
  }
}

TEST(WeightsTest, AreNamedEachWhereOneOfThoseTakenTogetherIsMissing) {
  const tests::TemporaryFolder folder;
  tests::write_tensors(folder.path() / "a", {{"a", at::ones({2, 3})}, {"b", at::ones({4, 2})}});
  WeightTaker taker(read_safetensors(folder.path() / "a"), at::kFloat, at::kCPU);
  EXPECT_FALSE(taker.take_stacked({"a", "b", "c"}, {2, 4, 1}, {3}).defined());
  EXPECT_EQ(taker.problems().size(), 2U);
}

TEST(WeightsTest, AreCopiedWhereTheirAddressIsNotAligned) {
  const tests::TemporaryFolder folder;
  const auto odd = at::ones({1}, at::kByte);
  const auto value = at::tensor({1.5F, -2.0F});
  tests::write_tensors(folder.path() / "a", {{"a", odd}, {"b", value}});
  EXPECT_TRUE(at::equal(tensor_over(read_safetensors(folder.path() / "a").at("b")), value));
}

std::string refusal_of(const TinyCheckpoint& checkpoint) {
  return tests::message_of<SetupError>([&] {
    load_weights(checkpoint.path(), read_config(checkpoint.path()), at::kBFloat16, at::kCPU);
  });
}

TEST(WeightsTest, ThatDoNotFitInMemoryAreASetUpErrorThatSaysHowMuchTheyNeed) {
  if (!tests::kCanLimitMemory) GTEST_SKIP();
  constexpr int64_t kVocabulary = 1 << 20;  // 64 MiB of embeddings, and of the head
  auto config = tests::tiny_config();
  config["llm_config"]["vocab_size"] = kVocabulary;
  auto weights = tests::tiny_weights();
  weights["language_model.model.tok_embeddings.weight"] =
      at::zeros({kVocabulary, 32}, at::kBFloat16);
  weights["language_model.output.weight"] = at::zeros({kVocabulary, 32}, at::kBFloat16);
  int64_t num_bytes = 0;
  for (const auto& [name, weight] : weights) num_bytes += static_cast<int64_t>(weight.nbytes());
  const TinyCheckpoint checkpoint(weights, config);
  weights.clear();
  const tests::MemoryLimit limit(num_bytes + (uint64_t{32} << 20));  // the file, mapped, and more
  EXPECT_EQ(refusal_of(checkpoint), checkpoint.path().string() + ": the weights need " +
                                        std::to_string(num_bytes) +
                                        " bytes of memory on cpu, which are not free");
}

TEST(WeightsTest, OfMoreLayersThanThereAreTensorsAreNotLookedFor) {
  auto config = tests::tiny_config();
  config["llm_config"]["num_hidden_layers"] = INT32_MAX;
  tests::expect_says(refusal_of(TinyCheckpoint(tests::tiny_weights(), config)),
                     "num_hidden_layers is 2147483647, the checkpoint holds 33 tensors");
}

TEST(WeightsTest, ThatAreMissingAreNamedUpToTwenty) {
  auto config = tests::tiny_config();
  config["llm_config"]["num_hidden_layers"] = 12;
  const auto message = refusal_of(TinyCheckpoint(tests::tiny_weights(), config));
  tests::expect_says(message, "missing: language_model.model.layers.2.attention_norm.weight [32]");
  tests::expect_says(message, "\n  and 80 more");
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 21) << message;
}

}  // namespace
}  // namespace mono::model
