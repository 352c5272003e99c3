#pragma once

#include <string_view>

namespace mono::model {

/// What Python's `str.strip()` leaves of UTF-8 text: no Unicode white space at either end.
std::string_view python_strip(std::string_view text);

/// The same at the left end, `str.lstrip()`, or at the right, `str.rstrip()`.
std::string_view python_lstrip(std::string_view text);
std::string_view python_rstrip(std::string_view text);

}  // namespace mono::model
