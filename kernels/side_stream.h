#pragma once

#include <c10/core/Device.h>

#include <functional>

namespace mono::kernels {

/// Does two pieces of work that do not depend on one another: on a GPU side by side, `beside` on a
/// stream of its own; on the CPU one after the other. What comes before both is seen by both, and
/// what comes after sees both, also where one of them throws. Neither may allocate what the other
/// or later work uses. To the end of the process a thread keeps a stream, and LibTorch a workspace,
/// for each stream that it called this on: threads that come and go use up memory.
void do_side_by_side(c10::Device device, const std::function<void()>& work,
                     const std::function<void()>& beside);

}  // namespace mono::kernels
