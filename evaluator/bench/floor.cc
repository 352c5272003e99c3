#include "evaluator/bench/floor.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <limits>

#include "model/adapter.h"

namespace mono::bench {
namespace {

constexpr int64_t kReadWords = int64_t{1} << 26;  // of 8 bytes: 512 MiB
constexpr int64_t kRows = 512;                    // of the product
constexpr int64_t kWidth = 4096;

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
  at::Tensor words;   // int64 [kReadWords]
  at::Tensor x;       // [kRows, kWidth]
  at::Tensor weight;  // [kWidth, kWidth]
};

double floor_seconds(const Work& work, const Ceilings& ceilings) {
  return std::max(work.flops / ceilings.flops_per_second, work.bytes / ceilings.bytes_per_second);
}

CeilingProbe::CeilingProbe(at::Device device, at::ScalarType dtype) {
  if (!device.is_cpu()) {
    model::fail<model::UsageError>("ceilings of device ", device.str(),
                                   " are not measured yet; known: cpu");
  }
  buffers_ = std::make_unique<Buffers>(Buffers{.words = at::arange(kReadWords, at::kLong),
                                               .x = at::randn({kRows, kWidth}).to(dtype),
                                               .weight = at::randn({kWidth, kWidth}).to(dtype)});
  measure();  // warms up
}

CeilingProbe::~CeilingProbe() = default;

Ceilings CeilingProbe::measure() const {
  const auto* const words =
      reinterpret_cast<const uint64_t*>(buffers_->words.const_data_ptr<int64_t>());
  std::atomic<uint64_t> sum = 0;
  double read = std::numeric_limits<double>::infinity();
  double product = read;
  for (int i = 0; i < 3; ++i) {
    read = std::min(read, seconds_of([&] {
                      at::parallel_for(0, kReadWords, 1 << 16, [&](int64_t begin, int64_t end) {
                        sum ^= xor_of(words, begin, end);
                      });
                    }));
    product = std::min(product, seconds_of([&] { at::linear(buffers_->x, buffers_->weight); }));
  }
  return {.bytes_per_second = 8.0 * static_cast<double>(kReadWords) / read,
          .flops_per_second = 2.0 * static_cast<double>(kRows * kWidth * kWidth) / product};
}

}  // namespace mono::bench
