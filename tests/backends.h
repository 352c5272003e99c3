#pragma once

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace mono::tests {

/// Where an operator test runs and how far it may be from the formula in fp64.
struct Backend {
  std::string name{};
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kFloat;
  double tolerance = 0;  // absolute, for outputs of order 1
};

/// Names the test case; without it GoogleTest prints the bytes of the struct.
inline std::ostream& operator<<(std::ostream& out, const Backend& backend) {
  return out << backend.name;
}

inline at::Tensor fp64(const at::Tensor& tensor) {
  return tensor.cpu().to(at::kDouble);
}

/// A fixture that runs once a backend; skips where the device is absent.
class BackendTest : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (GetParam().device.is_cuda() && !at::hasCUDA()) GTEST_SKIP() << "no CUDA device";
    at::manual_seed(0);
  }

  at::TensorOptions options() const {
    return at::TensorOptions(GetParam().device).dtype(GetParam().dtype);
  }

  /// Fails unless `actual` is `expected` (fp64, on the CPU) within the tolerance; NaN fails.
  void expect_near(const at::Tensor& actual, const at::Tensor& expected) const {
    ASSERT_EQ(actual.sizes(), expected.sizes());
    EXPECT_EQ(actual.scalar_type(), GetParam().dtype);
    const auto difference = (fp64(actual) - expected).abs().max();
    EXPECT_LE(difference.item<double>(), GetParam().tolerance);
  }
};

inline const auto kBackends = testing::Values(Backend{"cpu_fp32", at::kCPU, at::kFloat, 1e-5},
                                              Backend{"cpu_bf16", at::kCPU, at::kBFloat16, 4e-2},
                                              Backend{"cuda_fp32", at::kCUDA, at::kFloat, 1e-5},
                                              Backend{"cuda_bf16", at::kCUDA, at::kBFloat16, 4e-2});

}  // namespace mono::tests
