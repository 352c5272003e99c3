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

/// Records work. On a GPU it is done twice to begin with, so that matrix products find their plans
/// and workspaces their size, then captured; each call replays the graph. Elsewhere each call does
/// the work itself.
///
/// \param work  computes the same from the same buffers however often it is done, allocates nothing
///              that outlives it and waits for nothing; what it uses must outlive the record.
/// \throws c10::Error if the work fails or cannot be captured.
std::unique_ptr<RecordedWork> record_work(c10::Device device, std::function<void()> work);

}  // namespace mono::kernels
