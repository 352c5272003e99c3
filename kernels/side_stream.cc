#include "kernels/side_stream.h"

#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAGuard.h>

#include <map>

namespace mono::kernels {
namespace {

/// The stream and events of one thread on one device, made once.
struct Side {
  at::cuda::CUDAStream stream;
  at::cuda::CUDAEvent forked{};
  at::cuda::CUDAEvent joined{};
};

/// Lets a stream wait for its side, however the scope is left: what the side still writes is then
/// not given to others.
class Joined {
 public:
  Joined(Side& side, const at::cuda::CUDAStream& stream) : side_(side), stream_(stream) {}
  Joined(const Joined&) = delete;
  Joined& operator=(const Joined&) = delete;
  ~Joined() {
    try {
      side_.joined.record(side_.stream);
      side_.joined.block(stream_);
      // NOLINTNEXTLINE(bugprone-empty-catch): the device is lost; the next call says so
    } catch (const c10::Error&) {
    }
  }

 private:
  Side& side_;
  const at::cuda::CUDAStream& stream_;
};

Side& side_of(c10::Device device) {
  static thread_local std::map<c10::DeviceIndex, Side> sides;
  const auto index = device.has_index() ? device.index() : c10::cuda::current_device();
  const auto found = sides.find(index);
  if (found != sides.end()) return found->second;
  return sides.try_emplace(index, Side{at::cuda::getStreamFromPool(false, index)}).first->second;
}

}  // namespace

void do_side_by_side(c10::Device device, const std::function<void()>& work,
                     const std::function<void()>& beside) {
  if (!device.is_cuda()) {
    work();
    beside();
    return;
  }
  const c10::cuda::CUDAGuard device_guard(device);
  auto& side = side_of(device);
  const auto stream = at::cuda::getCurrentCUDAStream();
  side.forked.record(stream);
  side.forked.block(side.stream);
  const Joined joined{side, stream};
  {
    const c10::cuda::CUDAStreamGuard stream_guard(side.stream);
    beside();
  }
  work();
}

}  // namespace mono::kernels
