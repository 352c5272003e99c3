#pragma once

#include <sstream>
#include <string>

namespace mono::model {

/// The parts as one text: joined("size ", 3, " of ", 4). Used where Torch is linked, whose own copy
/// of fmt's headers does not fit the system's library.
template <typename... Parts>
std::string joined(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

}  // namespace mono::model
