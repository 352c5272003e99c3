#include "model/device_arithmetic.h"

#include <ATen/Context.h>
#include <gtest/gtest.h>

namespace mono::model {
namespace {

// The settings exist without a GPU, so their values can be looked at anywhere.
TEST(DeviceArithmeticTest, LeavesNoReducedPrecisionOnAGpuAndTheCpuAlone) {
  auto& context = at::globalContext();
  const auto precision = [&](at::Float32Op op) {
    return context.float32Precision(at::Float32Backend::CUDA, op);
  };
  context.setFloat32MatmulPrecision("high");
  context.setAllowBF16ReductionCuBLAS(true);
  context.setSDPUseCuDNN(true);
  settle_arithmetic(at::kCPU);
  EXPECT_TRUE(context.allowTF32CuBLAS());
  EXPECT_TRUE(context.userEnabledCuDNNSDP());

  settle_arithmetic(at::Device(at::kCUDA, 0));
  EXPECT_FALSE(context.allowTF32CuBLAS());
  for (const auto op : {at::Float32Op::MATMUL, at::Float32Op::CONV, at::Float32Op::RNN}) {
    EXPECT_EQ(precision(op), at::Float32Precision::IEEE);
  }
  EXPECT_EQ(context.allowBF16ReductionCuBLAS(),
            at::CuBLASReductionOption::DisallowReducedPrecisionAllowSplitK);
  EXPECT_FALSE(context.userEnabledCuDNNSDP());
}

}  // namespace
}  // namespace mono::model
