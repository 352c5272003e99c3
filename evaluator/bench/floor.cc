#include "evaluator/bench/floor.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAStream.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <limits>

#include "evaluator/bench/interval.h"
#include "kernels/huge_pages.h"
#include "kernels/share_out.h"

namespace mono::bench {
namespace {

constexpr int64_t kReadWords = int64_t{1} << 26;  // of 8 bytes: 512 MiB
constexpr int64_t kWordsTaken = 1 << 13;
constexpr int64_t kRows = 512;  // of the product on the CPU
constexpr int64_t kWidth = 4096;
constexpr int64_t kGpuWidth = 8192;  // of the square product on a GPU
constexpr int kRounds = 3;
constexpr int kReadRounds = 8;  // 4 GiB

template <typename Call>
double seconds_of(const Call& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

uint64_t xor_of(const uint64_t* words, int64_t begin, int64_t end) {
  std::array<uint64_t, 16> sums{};
  for (int64_t i = begin; i + 16 <= end; i += 16) {
    for (size_t k = 0; k < sums.size(); ++k) sums[k] ^= words[i + static_cast<int64_t>(k)];
  }
  uint64_t sum = 0;
  for (const auto part : sums) sum ^= part;
  return sum;
}

}  // namespace

struct CeilingProbe::Buffers {
  at::Tensor words{};   // int64 [kReadWords]
  at::Tensor x{};       // [rows, width]
  at::Tensor weight{};  // [width, width]
  at::Tensor copy{};    // as words; undefined on the CPU
};

double floor_seconds(const Work& work, const Ceilings& ceilings) {
  return std::max(work.flops / ceilings.flops_per_second, work.bytes / ceilings.bytes_per_second);
}

CeilingProbe::CeilingProbe(at::Device device, at::ScalarType dtype) {
  const int64_t width = device.is_cpu() ? kWidth : kGpuWidth;
  const int64_t rows = device.is_cpu() ? kRows : kGpuWidth;
  const at::TensorOptions there(device);
  buffers_ = std::make_unique<Buffers>(
      Buffers{.words = device.is_cpu() ? kernels::empty_in_huge_pages({kReadWords}, at::kLong)
                                       : at::empty({kReadWords}, there.dtype(at::kLong)),
              .x = at::randn({rows, width}, there.dtype(at::kFloat)).to(dtype),
              .weight = at::randn({width, width}, there.dtype(at::kFloat)).to(dtype)});
  at::arange_out(buffers_->words, kReadWords);
  if (!device.is_cpu()) buffers_->copy = at::empty_like(buffers_->words);
  measure();  // warms up
}

Ceilings mean_of(const Ceilings& one, const Ceilings& other) {
  return {.bytes_per_second = (one.bytes_per_second + other.bytes_per_second) / 2,
          .flops_per_second = (one.flops_per_second + other.flops_per_second) / 2};
}

Ceilings median_of(const std::vector<Ceilings>& ceilings) {
  std::vector<double> bytes;
  std::vector<double> flops;
  for (const auto& moment : ceilings) {
    bytes.push_back(moment.bytes_per_second);
    flops.push_back(moment.flops_per_second);
  }
  return {.bytes_per_second = median_interval(std::move(bytes)).median,
          .flops_per_second = median_interval(std::move(flops)).median};
}

CeilingProbe::~CeilingProbe() = default;

Ceilings CeilingProbe::measure() const {
  const auto& x = buffers_->x;
  return x.is_cpu() ? measure_cpu() : measure_gpu();
}

Ceilings CeilingProbe::measure_gpu() const {
  const auto stream = c10::cuda::getCurrentCUDAStream(buffers_->x.device().index());
  const auto least_seconds = [&](const auto& call) {
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i < kRounds; ++i) {
      at::cuda::CUDAEvent start(cudaEventDefault);
      at::cuda::CUDAEvent end(cudaEventDefault);
      start.record(stream);
      call();
      end.record(stream);
      end.synchronize();
      least = std::min(least, 1e-3 * start.elapsed_time(end));
    }
    return least;
  };
  const double copy = least_seconds([&] { buffers_->copy.copy_(buffers_->words); });
  const double product = least_seconds([&] { at::linear(buffers_->x, buffers_->weight); });
  const auto width = static_cast<double>(kGpuWidth);
  return {.bytes_per_second = 2 * 8.0 * static_cast<double>(kReadWords) / copy,
          .flops_per_second = 2 * width * width * width / product};
}

Ceilings CeilingProbe::measure_cpu() const {
  const auto* const words =
      reinterpret_cast<const uint64_t*>(buffers_->words.const_data_ptr<int64_t>());
  std::atomic<uint64_t> sum = 0;
  const double read = seconds_of([&] {
    for (int i = 0; i < kReadRounds; ++i) {
      kernels::share_out(kReadWords, kWordsTaken, at::get_num_threads(),
                         [&](int64_t begin, int64_t end) { sum ^= xor_of(words, begin, end); });
    }
  });
  const double product = seconds_of([&] {
    for (int i = 0; i < kRounds; ++i) at::linear(buffers_->x, buffers_->weight);
  });
  return {
      .bytes_per_second = kReadRounds * 8.0 * static_cast<double>(kReadWords) / read,
      .flops_per_second = kRounds * 2.0 * static_cast<double>(kRows * kWidth * kWidth) / product};
}

}  // namespace mono::bench
