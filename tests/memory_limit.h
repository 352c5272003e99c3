#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <fstream>

namespace mono::tests {

/// As long as it lives, this process gets that much memory beyond what it has.
class MemoryLimit {
 public:
  explicit MemoryLimit(uint64_t more_bytes) {
    uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    getrlimit(RLIMIT_AS, &before_);
    auto limit = before_;
    limit.rlim_cur = pages * 4096 + more_bytes;
    setrlimit(RLIMIT_AS, &limit);
  }
  ~MemoryLimit() { setrlimit(RLIMIT_AS, &before_); }
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

 private:
  rlimit before_ = {};
};

/// AddressSanitizer maps more than any limit a test could set.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kCanLimitMemory = false;
#else
constexpr bool kCanLimitMemory = true;
#endif

}  // namespace mono::tests
