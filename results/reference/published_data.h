#pragma once

#include <string_view>

namespace mono::results {

/// The content of published.json, put into the library when it is built.
std::string_view published_data();

}  // namespace mono::results
