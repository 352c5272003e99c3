#include "kernels/side_stream.h"

#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAGuard.h>

#include <map>
#include <utility>

#include "kernels/own_stream.h"

namespace mono::kernels {
namespace {

/// The stream and events beside one stream of one thread, made once. A recording has a stream and
/// so a side of its own: what it replays shares no workspace with a pass beside it. Sides stay when
/// their threads end, as a recording may outlive its thread.
struct Side {
  at::cuda::CUDAStream stream = make_stream();
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

Side& side_of(const at::cuda::CUDAStream& stream) {
  static thread_local std::map<std::pair<c10::DeviceIndex, c10::StreamId>, Side> sides;
  const std::pair key(stream.device_index(), stream.id());
  return sides[key];
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
  const auto stream = at::cuda::getCurrentCUDAStream();
  auto& side = side_of(stream);
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
