#pragma once

#include <string>

#include "tasks/task.h"

namespace mono::tasks {

/// What names a row in a message: its place in the file of predictions, or its id where it has
/// none.
inline std::string row_name(const Row& row) {
  return row.place.file ? row.place.text() : "id '" + row.sample->id + "'";
}

}  // namespace mono::tasks
