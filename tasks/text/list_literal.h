#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mono::tasks {

/// The elements of a Python list literal as str() shows them; elements are strings, integers,
/// floats, True, False and None.
/// \returns nothing where the text is no such list: it is then an ordinary text.
std::optional<std::vector<std::string>> parse_list_literal(std::string_view text);

/// `repr(texts)`: a Python list literal that `parse_list_literal` reads back.
std::string list_literal(const std::vector<std::string>& texts);

}  // namespace mono::tasks
