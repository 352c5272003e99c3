#include <gtest/gtest.h>

#include <vector>

#include "model/sha256.h"
#include "tests/sha256.h"

namespace mono::model {
namespace {

TEST(PlainSha256Test, GivesTheDigestsOfTheStandardsExamples) {
  const std::vector<uint8_t> abc = {'a', 'b', 'c'};
  EXPECT_EQ(plain_sha256(std::span<const uint8_t>(abc)),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(plain_sha256(std::span<const uint8_t>()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(PlainSha256Test, GivesOpenSslsDigestsAtEveryLengthAroundTheBlocks) {
  std::vector<uint8_t> bytes;
  for (int size = 0; size < 300; ++size) {
    ASSERT_EQ(plain_sha256(std::span<const uint8_t>(bytes)), tests::sha256(bytes)) << size;
    bytes.push_back(static_cast<uint8_t>(size * 37));
  }
}

TEST(PlainSha256Test, TakesIdsAsARunLogDoes) {
  const std::vector<int64_t> ids = {1, 92542, -1};
  EXPECT_EQ(plain_sha256(std::span<const int64_t>(ids)), tests::sha256(ids));
}

}  // namespace
}  // namespace mono::model
