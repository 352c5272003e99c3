#include "kernels/out_of_memory.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <new>
#include <string_view>

namespace mono::kernels {
namespace {

// What LibTorch says where it throws no type of its own: c10/core/impl/alloc_cpu.cpp for the host;
// runtime and cuBLAS for memory that the caching allocator does not give out.
constexpr std::string_view kPhrases[] = {"DefaultCPUAllocator: can't allocate memory",
                                         "DefaultCPUAllocator: not enough memory",
                                         "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED"};

}  // namespace

bool is_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return true;
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) return true;
  const auto* const torch = dynamic_cast<const c10::Error*>(&error);
  if (torch == nullptr) return false;
  const std::string_view text = torch->what_without_backtrace();
  return std::any_of(std::begin(kPhrases), std::end(kPhrases), [&](std::string_view phrase) {
    return text.find(phrase) != std::string_view::npos;
  });
}

}  // namespace mono::kernels
