#pragma once

#include <functional>

namespace mono::bench {

/// Calls round(0), round(1), ... up to num_rounds of them. From the second on a SIGTERM ends them
/// behind the round it meets, so that what is measured by then can still be told; before and after,
/// a SIGTERM does what it did.
void take_rounds(int num_rounds, const std::function<void(int)>& round);

}  // namespace mono::bench
