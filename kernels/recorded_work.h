#pragma once

#include <c10/core/Device.h>

#include <functional>
#include <memory>

namespace mono::kernels {

/// Work of fixed shapes on fixed buffers, done again and again.
class RecordedWork {
 public:
  virtual ~RecordedWork() = default;

  /// Does it once more; on a GPU started on the current stream.
  virtual void operator()() = 0;
};

/// What recordings have in common that are neither made nor done side by side: on a GPU the memory
/// of the tensors that their work makes and frees, and the stream they are made on.
class RecordingPool;
std::shared_ptr<RecordingPool> make_recording_pool();

/// Records work. On a GPU it is done twice to begin with, so that matrix products find their plans
/// and workspaces their size, then captured; each call replays the graph. Elsewhere each call does
/// the work itself, also on a GPU where the work allocates (it is given a pool) and LibTorch keeps
/// no memory for that (PYTORCH_NO_CUDA_MEMORY_CACHING, for compute-sanitizer).
///
/// \param work  computes the same from the same buffers however often it is done, allocates nothing
///              that outlives it and waits for nothing; what it uses must outlive the record.
/// \param pool  whose memory the work's own tensors take; null: one of its own
/// Captures of several threads take turns.
///
/// \throws c10::Error if the work fails or cannot be captured; then its streams and memory are as
///         before. LibTorch's own generator of random numbers is not, where CUDA ended the capture:
///         it gives none until another one succeeds.
std::unique_ptr<RecordedWork> record_work(c10::Device device, std::function<void()> work,
                                          std::shared_ptr<RecordingPool> pool = nullptr);

}  // namespace mono::kernels
