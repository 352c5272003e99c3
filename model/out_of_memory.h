#pragma once

#include <exception>

namespace mono::model {

/// Whether an error says that an allocation failed, on a device or the host: what fails so may
/// succeed in smaller parts, and nothing else is wrong.
bool is_out_of_memory(const std::exception& error);

/// Does some work. \returns false where there was no memory for it; other errors pass.
template <typename Work>
bool fits_memory(const Work& work) {
  try {
    work();
    return true;
  } catch (const std::exception& cause) {
    if (!is_out_of_memory(cause)) throw;
    return false;
  }
}

}  // namespace mono::model
