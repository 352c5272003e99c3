#pragma once

#include <c10/cuda/CUDAStream.h>

#include <memory>

namespace mono::kernels {

/// A stream of the current device that LibTorch gives nobody; never destroyed. LibTorch's pool
/// hands out the same 32 in turn: what one thread records there would take in what another does.
/// \throws c10::Error if the device gives none
c10::cuda::CUDAStream make_stream();

struct IdleStreams;

/// A stream that nobody else is given as long as this lives, and another `OwnStream` then.
class OwnStream {
 public:
  /// Of the current device. \throws c10::Error if the device gives none
  OwnStream();
  ~OwnStream();
  OwnStream(const OwnStream&) = delete;
  OwnStream& operator=(const OwnStream&) = delete;

  const c10::cuda::CUDAStream& get() const { return stream_; }

 private:
  std::shared_ptr<IdleStreams> idle_;  // takes it back
  c10::cuda::CUDAStream stream_;
};

}  // namespace mono::kernels
