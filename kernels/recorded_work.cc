#include "kernels/recorded_work.h"

#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>

#include <utility>

namespace mono::kernels {
namespace {

class PlainWork final : public RecordedWork {
 public:
  explicit PlainWork(std::function<void()> work) : work_(std::move(work)) {}
  void operator()() override { work_(); }

 private:
  std::function<void()> work_;
};

/// Takes the stream out of capture if the work throws, so that it can be used again.
class CaptureGuard {
 public:
  CaptureGuard(at::cuda::CUDAGraph& graph, cudaStream_t stream) : graph_(graph), stream_(stream) {
    graph_.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
  }
  CaptureGuard(const CaptureGuard&) = delete;
  CaptureGuard& operator=(const CaptureGuard&) = delete;

  ~CaptureGuard() {
    if (is_ended_) return;
    cudaGraph_t unfinished = nullptr;
    cudaStreamEndCapture(stream_, &unfinished);
    if (unfinished != nullptr) cudaGraphDestroy(unfinished);
  }

  void end() {
    is_ended_ = true;
    graph_.capture_end();
  }

 private:
  at::cuda::CUDAGraph& graph_;
  cudaStream_t stream_;
  bool is_ended_ = false;
};

/// Lets `later` begin behind what `earlier` was given so far.
void follow(const at::cuda::CUDAStream& earlier, const at::cuda::CUDAStream& later) {
  at::cuda::CUDAEvent event;
  event.record(earlier);
  event.block(later);
}

class GraphWork final : public RecordedWork {
 public:
  GraphWork(c10::Device device, const std::function<void()>& work) : device_(device) {
    constexpr int kWarmUps = 2;
    const c10::cuda::CUDAGuard device_guard(device_);
    const auto outer = at::cuda::getCurrentCUDAStream();
    const auto inner = at::cuda::getStreamFromPool();  // the default stream cannot be captured
    follow(outer, inner);
    {
      const c10::cuda::CUDAStreamGuard stream_guard(inner);
      for (int i = 0; i < kWarmUps; ++i) work();
      CaptureGuard capture(graph_, inner);
      work();
      capture.end();
    }
    follow(inner, outer);
  }

  void operator()() override {
    const c10::cuda::CUDAGuard device_guard(device_);
    graph_.replay();
  }

 private:
  c10::Device device_;
  at::cuda::CUDAGraph graph_{};
};

}  // namespace

std::unique_ptr<RecordedWork> record_work(c10::Device device, std::function<void()> work) {
  if (device.is_cuda()) return std::make_unique<GraphWork>(device, work);
  return std::make_unique<PlainWork>(std::move(work));
}

}  // namespace mono::kernels
