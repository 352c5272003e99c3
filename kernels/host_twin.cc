#include "kernels/host_twin.h"

#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>

#include <utility>

namespace mono::kernels {

struct HostTwin::LastCopy {
  at::cuda::CUDAEvent has_ended{};
  bool is_under_way = false;
};

HostTwin::HostTwin(at::Tensor tensor)
    : tensor_(std::move(tensor)),
      values_(
          at::zeros(tensor_.sizes(),
                    at::TensorOptions(tensor_.scalar_type()).pinned_memory(tensor_.is_cuda()))) {
  TORCH_CHECK(tensor_.is_contiguous(), "HostTwin: the tensor must be dense, got ", tensor_.sizes(),
              " by ", tensor_.strides());
  if (tensor_.is_cuda()) last_copy_ = std::make_unique<LastCopy>();
}

// A copy under way keeps what it reads and writes: LibTorch gives page-locked memory out again only
// behind it.
HostTwin::~HostTwin() = default;

const at::Tensor& HostTwin::values() {
  if (last_copy_ && last_copy_->is_under_way) {
    last_copy_->has_ended.synchronize();
    last_copy_->is_under_way = false;
  }
  return values_;
}

void HostTwin::send(int64_t begin, int64_t end) {
  copy(tensor_.slice(0, begin, end), values_.slice(0, begin, end));
}

void HostTwin::fetch(int64_t begin, int64_t end) {
  copy(values_.slice(0, begin, end), tensor_.slice(0, begin, end));
}

void HostTwin::copy(const at::Tensor& to, const at::Tensor& from) {
  to.copy_(from, /*non_blocking=*/true);
  if (!last_copy_) return;
  last_copy_->has_ended.record(at::cuda::getCurrentCUDAStream(tensor_.device().index()));
  last_copy_->is_under_way = true;
}

}  // namespace mono::kernels
