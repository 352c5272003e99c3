#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>

namespace mono::kernels {

/// A tensor's likeness on the host. Rows go to the tensor and come back in the order of the current
/// stream's other work, while the host goes on; for a tensor on the CPU at once. For one thread.
class HostTwin {
 public:
  /// \param tensor  dense; kept. The twin begins with zeros, page-locked where there is a GPU.
  explicit HostTwin(at::Tensor tensor);
  ~HostTwin();
  HostTwin(const HostTwin&) = delete;
  HostTwin& operator=(const HostTwin&) = delete;

  /// The twin's own values, of the tensor's shape and dtype; waits for the copies begun so far.
  const at::Tensor& values();

  /// Begins to copy rows [begin, end) to the tensor.
  void send(int64_t begin, int64_t end);

  /// Begins to copy rows [begin, end) of the tensor here.
  void fetch(int64_t begin, int64_t end);

 private:
  struct LastCopy;
  void copy(const at::Tensor& to, const at::Tensor& from);

  at::Tensor tensor_;
  at::Tensor values_;
  std::unique_ptr<LastCopy> last_copy_{};  // null for a tensor on the CPU
};

}  // namespace mono::kernels
