#pragma once

#include <exception>

namespace mono::kernels {

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

/// Does some work; where there was no memory for it, once more behind `make_room`, if that says
/// that there may be now. \throws what the work throws
template <typename Work, typename MakeRoom>
auto with_room(const Work& work, const MakeRoom& make_room) {
  try {
    return work();
  } catch (const std::exception& cause) {
    if (!is_out_of_memory(cause) || !make_room()) throw;
  }
  return work();
}

}  // namespace mono::kernels
