#include "tasks/sample.h"

#include <algorithm>

namespace mono::tasks {

const Cell* Sample::cell(std::string_view column) const {
  const auto found = std::find_if(cells.begin(), cells.end(),
                                  [&](const auto& named) { return named.first == column; });
  return found == cells.end() ? nullptr : &found->second;
}

}  // namespace mono::tasks
