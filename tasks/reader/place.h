#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace mono::tasks {

/// Where a row stands in its file, for messages.
struct Place {
  std::shared_ptr<const std::string> file{};  // what stands before the number: "data.tsv:"
  int64_t number = 0;

  std::string text() const { return *file + std::to_string(number); }
};

}  // namespace mono::tasks
