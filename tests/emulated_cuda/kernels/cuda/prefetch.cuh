#pragma once

/// Found before the real one where kernels run on the host.
namespace mono::kernels {

/// Reads it, so that ASan sees an address outside its buffer.
inline void ask_for(const void* address) {
  static_cast<void>(*static_cast<const volatile char*>(address));
}

}  // namespace mono::kernels
