#pragma once

#include <c10/core/Device.h>

namespace mono::kernels {

/// Gives the device back what LibTorch keeps and nobody uses; waits for what is being recorded,
/// during which LibTorch gives nothing back. For when memory is short: what is freed has to be
/// asked for again. \returns whether there may be more memory now: not on the CPU, for which
/// LibTorch keeps none
bool release_unused_memory(c10::Device device);

}  // namespace mono::kernels
