#include "kernels/huge_pages.h"

#include <ATen/ATen.h>
#include <sys/mman.h>

#include <cstdint>
#include <new>

namespace mono::kernels {

namespace {

constexpr size_t kHugePage = size_t{1} << 21;

/// [size] bytes on a huge page's boundary; what is around them is given back at once.
void* map_aligned(size_t size) {
  const size_t reserved = size + kHugePage;
  void* const start =
      ::mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) throw std::bad_alloc();
  auto* const begin = static_cast<char*>(start);
  const size_t before = (kHugePage - reinterpret_cast<uintptr_t>(start) % kHugePage) % kHugePage;
  if (before > 0) ::munmap(begin, before);
  ::munmap(begin + before + size, kHugePage - before);
  return begin + before;
}

}  // namespace

at::Tensor empty_in_huge_pages(at::IntArrayRef sizes, at::ScalarType dtype) {
  const auto bytes = static_cast<size_t>(c10::multiply_integers(sizes)) * c10::elementSize(dtype);
  if (bytes < 2 * kHugePage) return at::empty(sizes, dtype);
  const size_t size = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* const data = map_aligned(size);
  ::madvise(data, size, MADV_HUGEPAGE);  // a wish: EINVAL where the system has no huge pages
  return at::from_blob(
      data, sizes, [size](void* begin) { ::munmap(begin, size); }, dtype);
}

}  // namespace mono::kernels
