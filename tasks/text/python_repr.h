#pragma once

#include <string>
#include <string_view>

namespace mono::tasks {

/// `repr(text)` of Python 3.11: single quotes unless the text holds one and no double quote; what
/// `str.isprintable` refuses becomes an escape.
std::string python_repr(std::string_view text);

}  // namespace mono::tasks
