#include "kernels/gemm_plan.h"

#include <c10/util/Exception.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "tests/messages.h"

namespace mono::kernels {
namespace {

namespace fs = std::filesystem;
using tests::expect_says;
using tests::message_of;

const GemmDevice kDevice{.name = "a device", .num_sms = 132, .cublaslt_version = 130100};
const GemmShape kFree{.n = 4096, .k = 2048, .m = 64, .has_bias = true};
const GemmShape kEvery{.type = GemmType::kFloat32, .n = 400, .k = 64, .alignment = 8};
const GemmAlgorithm kSplit{.words = {1, 2, 3, 4, 5, 6, 7, 0xffffffffffffffff},
                           .workspace_bytes = 4096,
                           .microseconds = 12.25,
                           .tile = 20,
                           .stages = 9,
                           .split_k = 4};
const GemmAlgorithm kWhole{.words = {9}, .tile = 18};

class GemmPlanTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / ("gemm_plan_test." + std::to_string(getpid()) + ".json");
  }
  void TearDown() override { fs::remove(path_); }

  std::string text() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  void replace(const std::string& from, const std::string& to) const {
    auto changed = text();
    const auto at = changed.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    std::ofstream(path_) << changed.replace(at, from.size(), to);
  }
  std::string load_error(const GemmDevice& device = kDevice) const {
    GemmPlans plans(device);
    const auto message = message_of<c10::Error>([&] { plans.load(path_); });
    EXPECT_EQ(plans.size(), 0U);
    return message;
  }
  void save_both() const {
    GemmPlans plans(kDevice);
    plans.pin(kFree, kSplit);
    plans.pin(kEvery, kWhole);
    plans.save(path_);
  }

  fs::path path_{};
};

TEST_F(GemmPlanTest, BucketsArePowersOfTwoThenMultiplesOfATile) {
  const std::vector<std::pair<int64_t, int64_t>> expected = {
      {1, 1},       {2, 2},       {3, 4},       {5, 8},         {63, 64},       {64, 64},
      {65, 128},    {128, 128},   {129, 192},   {257, 320},     {1856, 1856},   {1857, 1920},
      {3392, 3392}, {4096, 4096}, {4097, 4608}, {13325, 13824}, {65536, 65536}, {99999, 65536}};
  for (const auto& [m, bucket] : expected) EXPECT_EQ(m_bucket(m), bucket) << m;
  EXPECT_THROW(m_bucket(0), c10::Error);
}

TEST_F(GemmPlanTest, ABucketHoldsItsRowsAndIsItsOwnBucket) {
  for (int64_t m = 1; m <= 65536; ++m) {
    const int64_t bucket = m_bucket(m);
    ASSERT_GE(bucket, m);
    ASSERT_LT(bucket, 2 * m) << m;
    ASSERT_EQ(m_bucket(bucket), bucket) << m;
    ASSERT_GE(bucket, m_bucket(std::max<int64_t>(m - 1, 1))) << m;
  }
}

TEST_F(GemmPlanTest, FindsThePlanOfAShapeAndNoOther) {
  GemmPlans plans(kDevice);
  EXPECT_EQ(plans.find(kFree), nullptr);
  plans.pin(kFree, kSplit);
  ASSERT_NE(plans.find(kFree), nullptr);
  EXPECT_EQ(*plans.find(kFree), kSplit);
  for (const auto& change : std::vector<void (*)(GemmShape&)>{
           [](GemmShape& s) { s.type = GemmType::kFloat32; }, [](GemmShape& s) { s.n = 1; },
           [](GemmShape& s) { s.k = 1; }, [](GemmShape& s) { s.m = kEveryM; },
           [](GemmShape& s) { s.has_bias = false; }, [](GemmShape& s) { s.alignment = 8; },
           [](GemmShape& s) { s.is_alike = true; }}) {
    auto other = kFree;
    change(other);
    EXPECT_EQ(plans.find(other), nullptr) << to_string(other);
  }
}

TEST_F(GemmPlanTest, AFileHoldsEveryBitOfItsPlans) {
  save_both();
  GemmPlans plans(kDevice);
  plans.pin(kFree, kWhole);  // the file's wins
  plans.load(path_);
  EXPECT_EQ(plans.size(), 2U);
  EXPECT_EQ(*plans.find(kFree), kSplit);
  EXPECT_EQ(*plans.find(kEvery), kWhole);
  const auto before = text();
  plans.save(path_);
  EXPECT_EQ(text(), before);
  EXPECT_FALSE(fs::exists(path_.string() + "." + std::to_string(getpid()) + ".part"));
}

TEST_F(GemmPlanTest, APlanAlikeAnotherIsKeptBesideItAndNotWithoutIt) {
  auto alike = kEvery;
  alike.m = 320;
  alike.is_alike = true;
  GemmPlans plans(kDevice);
  expect_says(message_of<c10::Error>([&] { plans.pin(alike, kSplit); }), "must not cut k");
  plans.pin(alike, kWhole);
  plans.save(path_);
  expect_says(load_error(), "a plan alike one that is not there: float32 [m <= 320, 64]");
  plans.pin(kEvery, kWhole);
  plans.save(path_);
  GemmPlans others(kDevice);
  others.load(path_);
  ASSERT_NE(others.find(alike), nullptr);
  EXPECT_EQ(*others.find(alike), kWhole);
}

TEST_F(GemmPlanTest, RefusesTheFileOfAnotherDeviceOrVersion) {
  save_both();
  auto other = kDevice;
  other.name = "another device";
  expect_says(load_error(other), "this device is {\"name\":\"another device\"");
  expect_says(load_error(other), path_.string() + ": written for {\"name\":\"a device\"");
  other = kDevice;
  other.num_sms = 114;
  expect_says(load_error(other), "\"num_sms\":114");
  other = kDevice;
  other.cublaslt_version = 130200;
  expect_says(load_error(other), "\"cublaslt_version\":130200");
}

TEST_F(GemmPlanTest, RefusesWhatIsNoPlanFileAndNamesIt) {
  EXPECT_FALSE(fs::exists(path_));
  expect_says(load_error(), path_.string() + ": cannot open the plans");
  std::ofstream(path_) << "{\"format\": ";
  expect_says(load_error(), path_.string() + ": [json.exception.parse_error");
  save_both();
  replace("\"version\": 3", "\"version\": 2");
  expect_says(load_error(), "expected mono gemm plans of version 3");
  save_both();
  replace("\"split_k\"", "\"split\"");
  expect_says(load_error(), "key 'split_k' not found");
  save_both();
  replace("\"m\": 64", "\"m\": 65");
  expect_says(load_error(),
              "m 0 or a bucket, got bfloat16 [m <= 65, 2048] x [4096, 2048]^T + bias");
  save_both();
  replace("bfloat16", "int8");
  expect_says(load_error(), "type must be float32 or bfloat16, got int8");
}

TEST_F(GemmPlanTest, RefusesWhatNestsTooDeep) {
  save_both();
  replace("\"version\": 3",
          "\"version\": " + std::string(100'000, '[') + std::string(100'000, ']'));
  expect_says(load_error(), "expected at most 8 lists and objects within one another");
}

TEST_F(GemmPlanTest, APlanForEveryNumberOfRowsMustNotCutK) {
  GemmPlans plans(kDevice);
  expect_says(message_of<c10::Error>([&] { plans.pin(kEvery, kSplit); }),
              "must not cut k, but cuts it into 4: float32 [every m, 64] x [400, 64]^T");
  save_both();
  replace("\"m\": 64", "\"m\": 0");
  expect_says(load_error(), "must not cut k");
}

TEST_F(GemmPlanTest, RefusesAShapeThatIsThereTwice) {
  GemmPlans plans(kDevice);
  plans.pin(kFree, kWhole);
  auto other = kFree;
  other.m = 32;
  plans.pin(other, kWhole);
  plans.save(path_);
  replace("\"m\": 32", "\"m\": 64");
  expect_says(load_error(), "two plans for bfloat16 [m <= 64, 2048]");
}

TEST_F(GemmPlanTest, SaysWhereItCannotWrite) {
  const GemmPlans plans(kDevice);
  expect_says(message_of<c10::Error>([&] { plans.save("/no/such/folder/plans.json"); }),
              "/no/such/folder/plans.json: cannot write the plans");
}

}  // namespace
}  // namespace mono::kernels
