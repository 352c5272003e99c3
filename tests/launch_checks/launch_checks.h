#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

/// Launchers against loops on the host, without Torch: small enough for compute-sanitizer.
namespace mono::launch_checks {

/// Ends the process with exit code 1 where a CUDA call failed.
inline void must(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  std::fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(status));
  std::exit(1);
}

/// An array on the device, made from one on the host; freed at the end.
template <typename T>
class OnDevice {
 public:
  explicit OnDevice(const std::vector<T>& values) : size_(values.size()) {
    void* pointer = nullptr;
    must(cudaMalloc(&pointer, std::max<size_t>(size_, 1) * sizeof(T)), "cudaMalloc");
    data_ = static_cast<T*>(pointer);
    must(cudaMemcpy(data_, values.data(), size_ * sizeof(T), cudaMemcpyHostToDevice), "upload");
  }
  ~OnDevice() { cudaFree(data_); }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;

  T* data() const { return data_; }

  /// After everything that was started has ended; a fault of a kernel ends the process here.
  std::vector<T> read() const {
    must(cudaGetLastError(), "launch");
    must(cudaDeviceSynchronize(), "kernel");
    std::vector<T> values(size_);
    must(cudaMemcpy(values.data(), data_, size_ * sizeof(T), cudaMemcpyDeviceToHost), "download");
    return values;
  }

 private:
  size_t size_;
  T* data_ = nullptr;
};

/// Fresh numbers of order 1.
template <typename T>
std::vector<T> normal_values(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<T> values(size);
  for (T& value : values) value = static_cast<T>(normal(random));
  return values;
}

/// What an output holds before it is written: no comparison with it succeeds.
template <typename T>
std::vector<T> poison(size_t size) {
  return std::vector<T>(size, static_cast<T>(std::nanf("")));
}

template <typename T>
double to_double(T value) {
  return static_cast<double>(static_cast<float>(value));
}

/// The value after rounding to T.
template <typename T>
float round_to(double value) {
  return static_cast<float>(static_cast<T>(static_cast<float>(value)));
}

/// |actual - expected| <= tolerance for each place; prints the first that is farther. NaN fails.
template <typename T>
bool is_near(const char* name, const std::vector<T>& actual, const std::vector<double>& expected,
             double tolerance) {
  if (actual.size() != expected.size()) {
    std::printf("  %s: %zu values, expected %zu\n", name, actual.size(), expected.size());
    return false;
  }
  for (size_t i = 0; i < actual.size(); ++i) {
    if (std::abs(to_double(actual[i]) - expected[i]) <= tolerance) continue;
    std::printf("  %s[%zu]: %.9g, expected %.9g\n", name, i, to_double(actual[i]), expected[i]);
    return false;
  }
  return true;
}

template <typename T>
bool is_same(const char* name, const std::vector<T>& actual, const std::vector<T>& expected) {
  if (actual == expected) return true;
  for (size_t i = 0; i < actual.size() && i < expected.size(); ++i) {
    if (actual[i] == expected[i]) continue;
    std::printf("  %s[%zu]: %.9g, expected %.9g\n", name, i, static_cast<double>(actual[i]),
                static_cast<double>(expected[i]));
    break;
  }
  return false;
}

/// How far an output of order 1 may be from the formula in double.
template <typename T>
constexpr double kTolerance = sizeof(T) == 2 ? 4e-2 : 2e-5;

}  // namespace mono::launch_checks
