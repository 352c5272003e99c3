#include "kernels/out_of_memory.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

#include "tests/memory_limit.h"

namespace mono::kernels {
namespace {

TEST(OutOfMemoryTest, KnowsEachKind) {
  EXPECT_TRUE(is_out_of_memory(std::bad_alloc()));
  EXPECT_TRUE(is_out_of_memory(c10::OutOfMemoryError({}, "CUDA out of memory.")));
  EXPECT_TRUE(is_out_of_memory(c10::Error({}, "CUDA error: out of memory")));
  EXPECT_FALSE(is_out_of_memory(c10::Error({}, "rms_norm: weight must be [4], got [3]")));
  EXPECT_FALSE(is_out_of_memory(std::runtime_error("DefaultCPUAllocator: can't allocate memory")));
}

TEST(OutOfMemoryTest, KnowsWhatTheHostsAllocatorThrows) {
  if (!tests::kCanLimitMemory) GTEST_SKIP() << "memory cannot be limited in this build";
  const tests::MemoryLimit limit(uint64_t{1} << 30);
  try {
    at::empty({int64_t{1} << 40});
    FAIL() << "a terabyte was there";
  } catch (const std::exception& error) {
    EXPECT_TRUE(is_out_of_memory(error)) << error.what();
  }
}

}  // namespace
}  // namespace mono::kernels
