#pragma once

#include <exception>

namespace mono::model {

/// Whether an error says that an allocation failed, on a device or the host: what fails so may
/// succeed in smaller parts, and nothing else is wrong.
bool is_out_of_memory(const std::exception& error);

}  // namespace mono::model
