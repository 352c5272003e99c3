#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <utility>

namespace mono::model {

/// Formats a message onto standard error. One that takes nothing more changes nothing else: a
/// verb ends as it would have.
template <typename... Arguments>
void complain(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  std::fputs(fmt::format(text, std::forward<Arguments>(arguments)...).c_str(), stderr);
}

}  // namespace mono::model
