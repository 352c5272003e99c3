#include <c10/util/Exception.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <string_view>

#include "kernels/few_row_linear.h"
#include "kernels/gemm_tuner.h"
#include "kernels/linear.h"
#include "kernels/swiglu.h"
#include "tests/backends.h"
#include "tests/files.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::expect_says;
using tests::fp64;
using tests::message_of;

class LinearOperatorsTest : public tests::BackendTest {};
INSTANTIATE_TEST_SUITE_P(, LinearOperatorsTest, tests::kBackends,
                         testing::PrintToStringParamName());

TEST_P(LinearOperatorsTest, LinearMatchesTheFormulaUnderBothPlans) {
  const auto x = at::randn({70, 32}).to(options());
  const auto weight = at::randn({5, 32}).div(8).to(options());
  const auto bias = at::randn({5}).to(options());
  const auto expected = at::matmul(fp64(x), fp64(weight).t()) + fp64(bias);
  expect_near(linear(x, weight, bias, RowPlan::kFree), expected);
  expect_near(linear(x, weight, bias, RowPlan::kChunked), expected);
  expect_near(linear(x, weight, {}, RowPlan::kChunked), expected - fp64(bias));
}

TEST_P(LinearOperatorsTest, ARowOfAChunkedLinearHasTheSameBitsInAnyCompany) {
  const auto x = at::randn({200, 512}).to(options());
  const auto weight = at::randn({300, 512}).to(options());
  const auto all = linear(x, weight, {}, RowPlan::kChunked);
  for (const int64_t count : {1, 2, 7, 63, 64, 65, 130}) {
    for (const int64_t begin : {int64_t{0}, int64_t{5}, 200 - count}) {
      const auto some = linear(x.slice(0, begin, begin + count), weight, {}, RowPlan::kChunked);
      EXPECT_TRUE(at::equal(some, all.slice(0, begin, begin + count)))
          << count << " from " << begin;
    }
  }
}

// Where the sums cancel, all that is left is what the order of their additions rounds away.
TEST_P(LinearOperatorsTest, SumsThatCancelHaveTheSameBitsWhateverAlgorithmANumberOfRowsGets) {
  std::vector<std::pair<int64_t, int64_t>> shapes = {{300, 512}};
  std::vector<int64_t> counts = {1, 9, 64, 65, 130};
  int64_t most = 200;
  if (GetParam().device.is_cuda()) {  // of Mono-InternVL-2B and InternViT-300M
    shapes.insert(shapes.end(), {{4096, 2048}, {2048, 2048}, {16384, 2048}, {2048, 8192}});
    shapes.insert(shapes.end(), {{3072, 1024}, {1024, 1024}, {4096, 1024}, {1024, 4096}});
    counts.insert(counts.end(), {200, 320, 500, 832, 1856, 3392});
    most = 5000;  // beyond 4096 rows none has an algorithm of its own
  }
  for (const auto& [n, k] : shapes) {
    const auto x_half = at::randn({most, k / 2}, options());
    const auto weight_half = at::randn({n, k / 2}, options());
    const auto x = at::cat({x_half, x_half.neg()}, 1);
    const auto weight = at::cat({weight_half, weight_half}, 1);
    const auto bias = at::randn({n}, options()).mul_(1e-5);
    const auto all = linear(x, weight, bias, RowPlan::kChunked);
    EXPECT_GT(all.ne(bias).sum().item<int64_t>(), 0) << "nothing was rounded";
    for (const int64_t count : counts) {
      const auto some = linear(x.slice(0, most - count), weight, bias, RowPlan::kChunked);
      EXPECT_TRUE(at::equal(some, all.slice(0, most - count)))
          << count << " rows, " << n << " x " << k;
    }
  }
}

TEST_P(LinearOperatorsTest, ARowOfOneChunkHasTheSameBitsAtEachPlaceAndInAnyCompany) {
  std::vector<std::pair<int64_t, int64_t>> shapes = {{300, 512}, {96, 200}};
  if (GetParam().device.is_cuda()) {  // of Mono-InternVL-2B
    shapes.insert(shapes.end(),
                  {{4096, 2048}, {2048, 2048}, {16384, 2048}, {2048, 8192}, {92560, 2048}});
  }
  const auto random = [&](int64_t rows, int64_t columns) {
    return at::randn({rows, columns}, options());
  };
  for (const auto& [n, k] : shapes) {
    const auto weight = random(n, k);
    const auto x = random(1, k);
    at::Tensor first;
    for (const int64_t place : {0, 1, 7, 31, 40, 63}) {
      const auto rows = random(kRowsPerChunk, k);
      rows[place].copy_(x[0]);
      const auto y = linear(rows, weight, {}, RowPlan::kOneChunk)[place];
      if (!first.defined()) first = y;
      EXPECT_TRUE(at::equal(y, first)) << n << " x " << k << ", row " << place;
    }
    const auto expected = at::matmul(fp64(weight), fp64(x)[0]);
    const auto difference = (fp64(first) - expected).norm() / expected.norm();
    EXPECT_LE(difference.item<double>(), GetParam().tolerance) << n << " x " << k;
  }
}

TEST_P(LinearOperatorsTest, ARowOfFewHasTheSameBitsInAnyCompany) {
  std::vector<std::pair<int64_t, int64_t>> shapes = {{300, 512}, {37, 96}, {5, 40}};
  if (GetParam().device.is_cuda()) {  // of Mono-InternVL-2B
    shapes.insert(shapes.end(),
                  {{4096, 2048}, {2048, 2048}, {16384, 2048}, {2048, 8192}, {92560, 2048}});
  }
  for (const auto& [n, k] : shapes) {
    const auto weight = at::randn({n, k}, options()).div_(std::sqrt(static_cast<double>(k)));
    const auto bias = at::randn({n}, options());
    const auto x = at::randn({64, k}, options());
    const auto all = at::empty({64, n}, options());
    few_row_linear_out(x, weight, bias, WeightUse::kAny, all);
    expect_near(all, at::matmul(fp64(x), fp64(weight).t()) + fp64(bias));
    for (const int64_t count : {1, 2, 8, 9, 16, 17, 32, 33}) {
      const auto some = at::empty({count, n}, options());
      few_row_linear_out(x.narrow(0, 64 - count, count), weight, bias, WeightUse::kAny, some);
      EXPECT_TRUE(at::equal(some, all.narrow(0, 64 - count, count))) << n << " x " << k;
    }
  }
}

TEST_P(LinearOperatorsTest, AGatedProductOfFewRowsIsTheProductAndThenTheGate) {
  std::vector<std::pair<int64_t, int64_t>> shapes = {{150, 512}, {37, 96}, {5, 40}};
  if (GetParam().device.is_cuda()) shapes.emplace_back(8192, 2048);
  for (const auto& [width, k] : shapes) {
    const auto weight =
        at::randn({2 * width, k}, options()).div_(std::sqrt(static_cast<double>(k)));
    const auto x = at::randn({64, k}, options());
    for (const int64_t count : {1, 2, 8, 9, 16, 17, 32, 33, 64}) {
      const auto rows = x.narrow(0, 64 - count, count);
      const auto products = at::empty({count, 2 * width}, options());
      const auto expected = at::empty({count, width}, options());
      few_row_linear_out(rows, weight, {}, WeightUse::kAny, products);
      for (const auto rounding : {Rounding::kParity, Rounding::kFast}) {
        swiglu_out(products, rounding, expected);
        const auto out = at::full({count, width}, std::nanf(""), options());
        few_row_swiglu_out(rows, weight, WeightUse::kAny, rounding, out);
        EXPECT_TRUE(at::equal(out, expected)) << count << " rows, " << width << " x " << k;
      }
    }
  }
}

TEST(FewRowLinearTest, RefusesAGateWithoutItsOtherHalf) {
  expect_says(message_of<c10::Error>([] {
                few_row_swiglu_out(at::ones({2, 4}), at::ones({3, 4}), WeightUse::kAny,
                                   Rounding::kParity, at::ones({2, 1}));
              }),
              "gate_up must be [2 width, 4], got [3, 4]");
}

TEST(FewRowLinearTest, RefusesMoreThanAChunk) {
  expect_says(message_of<c10::Error>([] {
                few_row_linear_out(at::ones({65, 4}), at::ones({3, 4}), {}, WeightUse::kAny,
                                   at::ones({65, 3}));
              }),
              "at most 64 rows, got 65");
}

TEST_P(LinearOperatorsTest, LinearOutHasTheBitsOfLinear) {
  const auto x = at::randn({70, 96}).to(options());
  const auto weight = at::randn({48, 96}).to(options());
  const auto bias = at::randn({48}).to(options());
  const auto out = at::zeros({70, 64}, options());
  for (const auto plan : {RowPlan::kFree, RowPlan::kChunked}) {
    linear_out(x, weight, bias, plan, out.narrow(1, 8, 48));
    EXPECT_TRUE(at::equal(out.narrow(1, 8, 48), linear(x, weight, bias, plan)));
  }
}

TEST_P(LinearOperatorsTest, PlansOfAGpuAreKeptInAFileAndReadBack) {
  const auto path = std::filesystem::temp_directory_path() / "kernel_linear_test.plans.json";
  if (GetParam().device.is_cpu()) {
    expect_says(message_of<c10::Error>([&] { save_gemm_plans(path, at::kCPU); }),
                "gemm plans: expected a GPU, got cpu");
    return;
  }
  const auto x = at::randn({130, 96}, options());
  const auto weight = at::randn({40, 96}, options());
  const auto before = linear(x, weight, {}, RowPlan::kFree);
  const auto count = num_gemm_plans(GetParam().device);
  EXPECT_GT(count, 0U);
  save_gemm_plans(path, GetParam().device);
  auto changed = tests::read_file(path);
  constexpr std::string_view kTime = "\"microseconds\": ";
  changed.insert(changed.find(kTime) + kTime.size(), "4242");
  tests::write_file(path, changed);
  load_gemm_plans(path, GetParam().device);
  EXPECT_EQ(num_gemm_plans(GetParam().device), count);
  EXPECT_TRUE(at::equal(linear(x, weight, {}, RowPlan::kFree), before));
  save_gemm_plans(path, GetParam().device);
  EXPECT_NE(tests::read_file(path).find("\"microseconds\": 4242"), std::string::npos);
  std::filesystem::remove(path);
}

TEST(LinearTest, AcceptsNoRows) {
  const auto y = linear(at::ones({0, 4}), at::ones({3, 4}), {}, RowPlan::kChunked);
  EXPECT_EQ(y.sizes(), (at::IntArrayRef{0, 3}));
}

TEST(LinearTest, RefusesABufferOfAnotherShape) {
  const auto call = [] {
    linear_out(at::ones({2, 4}), at::ones({3, 4}), {}, RowPlan::kFree, at::ones({2, 4}));
  };
  expect_says(message_of<c10::Error>(call), "out must be [2, 3], got [2, 4]");
}

TEST(LinearTest, RefusesAWeightOfAnotherWidth) {
  const auto call = [] { linear(at::ones({2, 4}), at::ones({3, 5}), {}, RowPlan::kFree); };
  expect_says(message_of<c10::Error>(call), "weight must be [out_features, 4], got [3, 5]");
}

}  // namespace
}  // namespace mono::kernels
