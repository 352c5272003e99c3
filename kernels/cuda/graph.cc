#include "kernels/cuda/graph.h"

#include <ATen/ATen.h>
#include <ATen/core/CachingHostAllocator.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>

#include <array>
#include <exception>

#include "kernels/unused_memory.h"

namespace mono::kernels {
namespace {

// What LibTorch's generator asks for as a capture begins: if that found no memory then, the process
// would end.
void make_sure_of_generator() {
  const auto options =
      at::TensorOptions(at::Device(at::kCUDA, c10::cuda::current_device())).dtype(at::kLong);
  const std::array held{at::empty({1}, options), at::empty({1}, options)};
}

template <typename Leave>
void unless_left(const Leave& leave) {
  try {
    leave();
    // NOLINTNEXTLINE(bugprone-empty-catch): it had left the pool
  } catch (const std::exception&) {
  }
}

}  // namespace

std::mutex& graphs_mutex() {
  static std::mutex mutex;
  return mutex;
}

Graph::~Graph() {
  const std::lock_guard lock(graphs_mutex());
  graph_.reset();
}

Capture::Capture(Graph& graph, c10::MempoolId_t pool) : graph_(graph.get()), pool_(pool) {
  make_sure_of_generator();
  try {
    graph_.capture_begin(pool_, cudaStreamCaptureModeThreadLocal);
  } catch (...) {
    leave_pool();
    throw;
  }
}

Capture::~Capture() {
  if (is_ended_) return;
  try {
    end();
    // NOLINTNEXTLINE(bugprone-empty-catch): the work's own error is on its way
  } catch (const std::exception&) {
  }
  static_cast<void>(cudaGetLastError());  // it is nobody else's
}

void Capture::end() {
  is_ended_ = true;
  try {
    graph_.capture_end();
  } catch (...) {
    leave_pool();
    throw;
  }
}

/// A capture that cannot be begun or ended leaves the allocators waiting for its tensors.
void Capture::leave_pool() const {
  unless_left([&] {
    const auto device = c10::cuda::current_device();
    c10::cuda::CUDACachingAllocator::endAllocateToPool(device, pool_);
    c10::cuda::CUDACachingAllocator::releasePool(device, pool_);
  });
  unless_left([&] {
    auto* const host = at::getHostAllocator(at::kCUDA);
    host->end_allocate_to_pool(pool_);
    host->release_pool(pool_);
  });
}

bool release_unused_memory(c10::Device device) {
  if (!device.is_cuda()) return false;
  const std::lock_guard lock(graphs_mutex());
  c10::cuda::CUDACachingAllocator::emptyCache();
  return true;
}

}  // namespace mono::kernels
