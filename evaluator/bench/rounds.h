#pragma once

#include <functional>
#include <string>

namespace mono::bench {

/// Calls round(0), round(1), ... up to num_rounds of them, and says on standard error which it is
/// at, by its name or by its number. From the second on a SIGINT or SIGTERM ends them behind the
/// round it meets, so that what is measured by then can still be told; a second one, and any before
/// and after, does what it did.
void take_rounds(int num_rounds, const std::function<void(int)>& round,
                 const std::function<std::string(int)>& name_of = {});

}  // namespace mono::bench
