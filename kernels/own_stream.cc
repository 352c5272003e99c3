#include "kernels/own_stream.h"

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>

#include <map>
#include <mutex>
#include <vector>

namespace mono::kernels {

struct IdleStreams {
  struct OfDevice {
    std::vector<c10::cuda::CUDAStream> streams{};  // with room for all that were made
    size_t num_made = 0;
  };
  std::mutex mutex{};
  std::map<c10::DeviceIndex, OfDevice> of_device{};
};

c10::cuda::CUDAStream make_stream() {
  cudaStream_t made = nullptr;
  C10_CUDA_CHECK(cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking));
  return c10::cuda::getStreamFromExternal(made, c10::cuda::current_device());
}

namespace {

std::shared_ptr<IdleStreams> idle_streams() {
  static const auto streams = std::make_shared<IdleStreams>();
  return streams;
}

c10::cuda::CUDAStream take(IdleStreams& idle) {
  const std::lock_guard lock(idle.mutex);
  auto& [streams, num_made] = idle.of_device[c10::cuda::current_device()];
  if (streams.empty()) {
    streams.reserve(num_made + 1);
    const auto made = make_stream();
    ++num_made;
    return made;
  }
  const auto taken = streams.back();
  streams.pop_back();
  return taken;
}

}  // namespace

OwnStream::OwnStream() : idle_(idle_streams()), stream_(take(*idle_)) {}

OwnStream::~OwnStream() {
  const std::lock_guard lock(idle_->mutex);
  idle_->of_device[stream_.device_index()].streams.push_back(stream_);
}

}  // namespace mono::kernels
