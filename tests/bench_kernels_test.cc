#include "evaluator/bench/kernels.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "tests/messages.h"

namespace mono::bench {
namespace {

using tests::expect_says;

std::string fault(const at::Tensor& actual, const at::Tensor& expected, double tolerance) {
  return fault_of(outcome_in(actual, expected, tolerance));
}

TEST(KernelCheckTest, AllowsWhatRoundingMayCost) {
  const auto expected = at::tensor({1.0, -2.0, 0.0});
  EXPECT_EQ(fault(expected, expected, 0), "");
  EXPECT_EQ(fault(expected + 1e-5, expected, 1e-4), "");
}

TEST(KernelCheckTest, NamesTheFirstValueThatIsWrong) {
  const auto expected = at::tensor({1.0, -2.0, 0.0});
  expect_says(fault(at::tensor({1.0, -2.1, 0.5}), expected, 1e-2),
              "2 of 3 values, the first at 1 is -2.1, expected -2");
  expect_says(fault(expected + 1e-5, expected, 0), "3 of 3 values");
  expect_says(fault(at::zeros({2}), expected, 1), "shape [2], expected [3]");
}

TEST(KernelCheckTest, TakesNoValueThatIsNoNumber) {
  const auto broken = at::tensor({std::numeric_limits<double>::quiet_NaN(), 1.0});
  expect_says(fault(broken, at::ones({2}), 1e6), "1 of 2 values, the first at 0 is nan");
}

/// An operator that adds `wrong` to what it copies.
KernelCase copying(double wrong) {
  return {.name = "copy", .shape = "[8]", .work = {.bytes = 64e6}, .prepare = [=] {
            const auto x = at::ones({8});
            const auto y = at::zeros({8});
            return PreparedCall{
                .run = [=] { y.copy_(x + wrong); },
                .expected = [=] { return std::vector<Outcome>{outcome_in(y, x, 1e-4)}; }};
          }};
}

KernelCase throwing() {
  auto of = copying(0);
  of.name = "refuse";
  of.prepare = []() -> PreparedCall { TORCH_CHECK(false, "refuse: never"); };
  return of;
}

TEST(BenchKernelsTest, AWrongResultHasNoTimeAndFailsTheMeasurement) {
  const std::vector<KernelCase> cases{copying(0), copying(1), throwing()};
  const auto rows = measure_kernels(cases, at::kCPU, at::kFloat);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].error, "");
  EXPECT_GT(rows[0].seconds.median, 0);
  EXPECT_GT(rows[0].floor_seconds, 0);
  expect_says(rows[1].error, "8 of 8 values");
  EXPECT_EQ(rows[1].seconds.median, 0);
  expect_says(rows[2].error, "refuse: never");
  EXPECT_NO_THROW(fail_on_errors({rows.data(), 1}));
  const auto message = tests::message_of<std::runtime_error>([&] { fail_on_errors(rows); });
  expect_says(message, "copy [8]: wrong result");
  expect_says(message, "refuse [8]: refuse: never");
}

TEST(BenchKernelsTest, SelectsByName) {
  EXPECT_TRUE(kernel_cases(at::kCPU, at::kFloat, "nonsense").empty());
  for (const auto& of : kernel_cases(at::kCPU, at::kFloat, "attention")) {
    expect_says(of.name, "attention");
  }
}

TEST(BenchKernelsTest, ExpectsOfEachOperatorWhatItsFallbackGives) {
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    for (const auto& of : kernel_cases(at::kCPU, dtype, "")) {
      if (of.work.flops > 1e10 || of.work.bytes > 4e7) continue;  // seconds each
      const auto call = of.prepare();
      const auto outcomes = call.expected();
      call.run();
      for (const auto& outcome : outcomes) {
        EXPECT_EQ(fault_of(outcome), "") << of.name << " " << of.shape << " " << dtype;
      }
    }
  }
}

}  // namespace
}  // namespace mono::bench
