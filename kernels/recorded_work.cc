#include "kernels/recorded_work.h"

#include <ATen/core/CachingHostAllocator.h>
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/util/env.h>

#include <exception>
#include <map>
#include <mutex>
#include <utility>

#include "kernels/own_stream.h"

namespace mono::kernels {

class RecordingPool {
 public:
  /// Where the next graph's tensors lie. LibTorch lets nobody into a pool that all graphs have
  /// left, so that the first to come begins a new one.
  c10::MempoolId_t enter() {
    const std::lock_guard lock(mutex_);
    if (num_graphs_++ == 0) id_ = at::cuda::graph_pool_handle();
    return id_;
  }

  void leave() {
    const std::lock_guard lock(mutex_);
    --num_graphs_;
  }

  /// Of the current device; the default stream cannot be captured.
  const at::cuda::CUDAStream& stream() {
    const std::lock_guard lock(mutex_);
    return streams_[c10::cuda::current_device()].get();
  }

 private:
  std::mutex mutex_{};
  c10::MempoolId_t id_{0, 0};
  int num_graphs_ = 0;
  std::map<c10::DeviceIndex, OwnStream> streams_{};
};

std::shared_ptr<RecordingPool> make_recording_pool() {
  return std::make_shared<RecordingPool>();
}

namespace {

class PlainWork final : public RecordedWork {
 public:
  explicit PlainWork(std::function<void()> work) : work_(std::move(work)) {}
  void operator()() override { work_(); }

 private:
  std::function<void()> work_;
};

/// A graph's place in a pool.
class PoolPlace {
 public:
  explicit PoolPlace(std::shared_ptr<RecordingPool> pool)
      : pool_(std::move(pool)), id_(pool_->enter()) {}
  PoolPlace(const PoolPlace&) = delete;
  PoolPlace& operator=(const PoolPlace&) = delete;
  ~PoolPlace() { pool_->leave(); }

  c10::MempoolId_t id() const { return id_; }
  const at::cuda::CUDAStream& stream() const { return pool_->stream(); }

 private:
  std::shared_ptr<RecordingPool> pool_;
  c10::MempoolId_t id_;
};

/// A capture on the current stream. If the work throws, the stream and the allocator are taken out
/// of it, so that both can be used again.
class Capture {
 public:
  Capture(at::cuda::CUDAGraph& graph, c10::MempoolId_t pool) : graph_(graph), pool_(pool) {
    try {
      graph_.capture_begin(pool_, cudaStreamCaptureModeThreadLocal);
    } catch (...) {
      leave_pool();
      throw;
    }
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  ~Capture() {
    if (is_ended_) return;
    try {
      end();
      // NOLINTNEXTLINE(bugprone-empty-catch): the work's own error is on its way
    } catch (const std::exception&) {
    }
    static_cast<void>(cudaGetLastError());  // it is nobody else's
  }

  void end() {
    is_ended_ = true;
    try {
      graph_.capture_end();
    } catch (...) {
      leave_pool();
      throw;
    }
  }

 private:
  // A capture that cannot be begun or ended leaves the allocators waiting for its tensors.
  void leave_pool() const {
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

  template <typename Leave>
  static void unless_left(const Leave& leave) {
    try {
      leave();
      // NOLINTNEXTLINE(bugprone-empty-catch): it had left the pool
    } catch (const std::exception&) {
    }
  }

  at::cuda::CUDAGraph& graph_;
  c10::MempoolId_t pool_;
  bool is_ended_ = false;
};

/// Lets `later` begin behind what `earlier` was given so far.
void follow(const at::cuda::CUDAStream& earlier, const at::cuda::CUDAStream& later) {
  at::cuda::CUDAEvent event;
  event.record(earlier);
  event.block(later);
}

/// Lets `outer` wait for what `inner` was given, however the scope is left: what it still writes is
/// then not given to others.
class Joined {
 public:
  Joined(const at::cuda::CUDAStream& inner, const at::cuda::CUDAStream& outer)
      : inner_(inner), outer_(outer) {
    follow(outer_, inner_);
  }
  Joined(const Joined&) = delete;
  Joined& operator=(const Joined&) = delete;
  ~Joined() {
    try {
      follow(inner_, outer_);
      // NOLINTNEXTLINE(bugprone-empty-catch): the device is lost; the next call says so
    } catch (const std::exception&) {
    }
  }

 private:
  at::cuda::CUDAStream inner_;
  at::cuda::CUDAStream outer_;
};

/// LibTorch keeps a list of all graphs without a lock.
std::mutex& graphs_mutex() {
  static std::mutex mutex;
  return mutex;
}

/// A graph that is gone under that lock.
class Graph {
 public:
  Graph() = default;
  ~Graph() {
    const std::lock_guard lock(graphs_mutex());
    graph_.reset();
  }
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  at::cuda::CUDAGraph& get() { return *graph_; }

 private:
  std::unique_ptr<at::cuda::CUDAGraph> graph_ = std::make_unique<at::cuda::CUDAGraph>();
};

class GraphWork final : public RecordedWork {
 public:
  GraphWork(c10::Device device, const std::function<void()>& work,
            std::shared_ptr<RecordingPool> pool)
      : device_(device), place_(std::move(pool)) {
    constexpr int kWarmUps = 2;
    const std::lock_guard lock(graphs_mutex());
    const c10::cuda::CUDAGuard device_guard(device_);
    const auto inner = place_.stream();
    const Joined joined(inner, at::cuda::getCurrentCUDAStream());
    const c10::cuda::CUDAStreamGuard stream_guard(inner);
    for (int i = 0; i < kWarmUps; ++i) work();
    Capture capture(graph_.get(), place_.id());
    work();
    capture.end();
  }

  void operator()() override {
    const c10::cuda::CUDAGuard device_guard(device_);
    graph_.get().replay();
  }

 private:
  c10::Device device_;
  PoolPlace place_;  // until the graph is gone
  Graph graph_{};
};

}  // namespace

std::unique_ptr<RecordedWork> record_work(c10::Device device, std::function<void()> work,
                                          std::shared_ptr<RecordingPool> pool) {
  static const bool keeps_memory = !c10::utils::has_env("PYTORCH_NO_CUDA_MEMORY_CACHING");
  if (!device.is_cuda() || (pool && !keeps_memory)) {
    return std::make_unique<PlainWork>(std::move(work));
  }
  if (!pool) pool = make_recording_pool();
  try {
    return std::make_unique<GraphWork>(device, work, pool);
  } catch (const c10::OutOfMemoryError&) {  // a capture cannot take what LibTorch keeps for others
    c10::cuda::CUDACachingAllocator::emptyCache();
  }
  return std::make_unique<GraphWork>(device, work, pool);
}

}  // namespace mono::kernels
