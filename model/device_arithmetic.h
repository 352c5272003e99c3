#pragma once

#include <c10/core/Device.h>

namespace mono::model {

/// Settles, for this process, what Torch leaves open about arithmetic on a GPU:
/// - fp32 products are fp32, not tf32, whatever the environment says;
/// - bf16 products are summed in fp32 throughout;
/// - attention never takes cuDNN by itself: it builds a plan for every new shape (tens of
///   milliseconds) and its sums may differ between runs.
/// Does nothing for the CPU.
void settle_arithmetic(at::Device device);

}  // namespace mono::model
