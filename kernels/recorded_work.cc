#include "kernels/recorded_work.h"

#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/util/env.h>

#include <exception>
#include <map>
#include <mutex>
#include <utility>

#include "kernels/cuda/graph.h"
#include "kernels/out_of_memory.h"
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

/// Memory that LibTorch keeps for the warm-ups of a work is of no use to its capture.
enum class KeptMemory { kStays, kGoes };

class GraphWork final : public RecordedWork {
 public:
  GraphWork(c10::Device device, const std::function<void()>& work,
            std::shared_ptr<RecordingPool> pool, KeptMemory kept)
      : device_(device), place_(std::move(pool)) {
    constexpr int kWarmUps = 2;
    const std::lock_guard lock(graphs_mutex());
    const c10::cuda::CUDAGuard device_guard(device_);
    const auto inner = place_.stream();
    const Joined joined(inner, at::cuda::getCurrentCUDAStream());
    const c10::cuda::CUDAStreamGuard stream_guard(inner);
    for (int i = 0; i < kWarmUps; ++i) work();
    if (kept == KeptMemory::kGoes) c10::cuda::CUDACachingAllocator::emptyCache();
    Capture capture(graph_, place_.id());
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
  auto kept = KeptMemory::kStays;
  return with_room([&] { return std::make_unique<GraphWork>(device, work, pool, kept); },
                   [&] {
                     kept = KeptMemory::kGoes;
                     return true;
                   });
}

}  // namespace mono::kernels
