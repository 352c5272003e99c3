#pragma once

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace mono::tests {

/// As long as it lives, tensors on the CPU are given memory up to a limit, and beyond it the error
/// that LibTorch's own allocator throws where the system has none left.
class ScarceMemory final : public c10::Allocator {
 public:
  ScarceMemory() { c10::SetCPUAllocator(this, kPriority); }
  ~ScarceMemory() override { c10::SetCPUAllocator(c10::GetDefaultCPUAllocator(), kPriority); }
  ScarceMemory(const ScarceMemory&) = delete;
  ScarceMemory& operator=(const ScarceMemory&) = delete;

  /// Tensors may take so much more than they have now.
  void leave(size_t bytes) { most_ = live_ + bytes; }

  /// The i-th allocation from now on, counted from 0, fails; those around it do not.
  void fail_once(int64_t i) { until_failure_ = i; }

  /// Whether it has.
  bool has_failed() const { return until_failure_ < 0; }

  c10::DataPtr allocate(size_t bytes) override {
    const bool is_next = until_failure_.fetch_sub(1) == 0;
    TORCH_CHECK(!is_next && live_ + bytes <= most_,
                "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate "
                "memory: you tried to allocate ",
                bytes, " bytes. Error code 12 (Cannot allocate memory)");
    const size_t whole = (bytes + 2 * kHeader - 1) / kHeader * kHeader;
    auto* const start = static_cast<char*>(std::aligned_alloc(kHeader, whole));
    std::memcpy(start, &bytes, sizeof(bytes));
    live_ += bytes;
    return {start + kHeader, start + kHeader, &give_back, at::Device(at::kCPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &give_back; }
  void copy_data(void* to, const void* from, size_t count) const override {
    default_copy_data(to, from, count);
  }

 private:
  static constexpr uint8_t kPriority = 255;
  static constexpr size_t kHeader = 64;  // keeps the alignment; holds the size

  static void give_back(void* data) {
    auto* const start = static_cast<char*>(data) - kHeader;
    size_t bytes = 0;
    std::memcpy(&bytes, start, sizeof(bytes));
    live_ -= bytes;
    std::free(start);
  }

  inline static std::atomic<size_t> live_ = 0;  // tensors may outlive their allocator
  size_t most_ = std::numeric_limits<size_t>::max();
  std::atomic<int64_t> until_failure_ = std::numeric_limits<int64_t>::max();
};

}  // namespace mono::tests
