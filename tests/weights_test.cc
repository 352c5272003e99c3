#include "model/weights/tensors.h"

#include <gtest/gtest.h>

#include <memory>

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

}  // namespace
}  // namespace mono::model
