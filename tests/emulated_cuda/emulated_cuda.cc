#include <ucontext.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "tests/emulated_cuda/cuda_runtime.h"

namespace emulated_cuda {
namespace {

constexpr size_t kStackBytes = size_t{256} << 10;
constexpr unsigned kLanes = 32;

/// Where threads wait for one another; those that have ended are not waited for.
struct Barrier {
  unsigned num_alive = 0;
  unsigned num_waiting = 0;
  uint64_t generation = 0;

  void open_if_complete() {
    if (num_waiting == 0 || num_waiting < num_alive) return;
    num_waiting = 0;
    ++generation;
  }
};

struct Warp {
  Barrier barrier{};
  std::array<uint64_t, kLanes> values{};
};

struct Fiber {
  ucontext_t context{};
  std::unique_ptr<char[]> stack{new char[kStackBytes]};
  bool is_done = false;
  const Barrier* barrier = nullptr;  // where it waits, until the generation is another
  uint64_t generation = 0;

  bool can_run() const {
    return !is_done && (barrier == nullptr || barrier->generation != generation);
  }
};

std::vector<Fiber> fibers;
std::vector<Warp> warps;
Barrier block;
ucontext_t scheduler;
const std::function<void()>* body = nullptr;
unsigned current = 0;

void switch_away() {
  swapcontext(&fibers[current].context, &scheduler);
}

void wait_at(Barrier& barrier) {
  Fiber& fiber = fibers[current];
  ++barrier.num_waiting;
  fiber.generation = barrier.generation;
  fiber.barrier = &barrier;
  barrier.open_if_complete();
  if (!fiber.can_run()) switch_away();
  fiber.barrier = nullptr;
}

Warp& warp_of_current() {
  return warps[current / kLanes];
}

void run_fiber() {
  // ASan marks a stack of known size as fresh at every switch to it: once is enough, and far
  // faster.
  fibers[current].context.uc_stack.ss_size = 0;
  (*body)();
  fibers[current].is_done = true;
  Warp& warp = warp_of_current();
  warp.values[current % kLanes] = 0;
  for (Barrier* barrier : {&block, &warp.barrier}) {
    --barrier->num_alive;
    barrier->open_if_complete();
  }
  switch_away();
}

void start_fiber(Fiber& fiber) {
  fiber.is_done = false;
  fiber.barrier = nullptr;
  getcontext(&fiber.context);
  fiber.context.uc_stack.ss_sp = fiber.stack.get();
  fiber.context.uc_stack.ss_size = kStackBytes;
  fiber.context.uc_link = nullptr;
  makecontext(&fiber.context, run_fiber, 0);
}

void run_block(unsigned num_threads) {
  while (fibers.size() < num_threads) fibers.emplace_back();
  warps.assign((num_threads + kLanes - 1) / kLanes, Warp{});
  block = Barrier{.num_alive = num_threads};
  for (unsigned i = 0; i < num_threads; ++i) {
    ++warps[i / kLanes].barrier.num_alive;
    start_fiber(fibers[i]);
  }
  for (unsigned num_running = num_threads; num_running > 0;) {
    bool has_moved = false;
    for (unsigned i = 0; i < num_threads; ++i) {
      if (!fibers[i].can_run()) continue;
      has_moved = true;
      current = i;
      threadIdx.x = i;
      swapcontext(&scheduler, &fibers[i].context);
      if (fibers[i].is_done) --num_running;
    }
    if (!has_moved) {
      std::fprintf(stderr, "emulated_cuda: threads of block %u wait for ever\n", blockIdx.x);
      std::abort();
    }
  }
}

}  // namespace

void run(dim3 grid, dim3 threads, const std::function<void()>& thread) {
  if (threads.y != 1 || threads.z != 1 || threads.x < 1 || threads.x > 1024) {
    std::fprintf(stderr, "emulated_cuda: blocks of 1 to 1024 threads in x alone\n");
    std::abort();
  }
  body = &thread;
  blockDim = threads;
  gridDim = grid;
  static bool goes_backwards = true;  // every second grid: blocks may come in any order
  goes_backwards = !goes_backwards;
  const uint64_t num_blocks = uint64_t{grid.x} * grid.y * grid.z;
  for (uint64_t number = 0; number < num_blocks; ++number) {
    const uint64_t place = goes_backwards ? num_blocks - 1 - number : number;
    blockIdx.x = static_cast<unsigned>(place % grid.x);
    blockIdx.y = static_cast<unsigned>(place / grid.x % grid.y);
    blockIdx.z = static_cast<unsigned>(place / grid.x / grid.y);
    run_block(threads.x);
  }
}

void block_barrier() {
  wait_at(block);
}

const uint64_t* exchange(uint64_t value) {
  Warp& warp = warp_of_current();
  warp.values[current % kLanes] = value;
  wait_at(warp.barrier);
  return warp.values.data();
}

void end_exchange() {
  wait_at(warp_of_current().barrier);
}

}  // namespace emulated_cuda

// The part of the runtime that tests/launch_checks calls, on host memory.
cudaError_t cudaGetDeviceCount(int* count) {
  *count = 1;
  return cudaSuccess;
}
cudaError_t cudaMalloc(void** pointer, size_t size) {
  *pointer = std::aligned_alloc(256, (size + 255) / 256 * 256);
  return *pointer == nullptr ? cudaErrorMemoryAllocation : cudaSuccess;
}
cudaError_t cudaFree(void* pointer) {
  std::free(pointer);
  return cudaSuccess;
}
cudaError_t cudaMemcpy(void* to, const void* from, size_t size, cudaMemcpyKind) {
  std::memcpy(to, from, size);
  return cudaSuccess;
}
cudaError_t cudaDeviceSynchronize() {
  return cudaSuccess;
}
cudaError_t cudaGetLastError() {
  return cudaSuccess;
}
const char* cudaGetErrorString(cudaError_t) {
  return "emulated";
}
