#pragma once

#include <string>
#include <vector>

namespace mono::tasks {

/// A caption and the captions people gave the same picture, tokenised: words between blanks.
struct CaptionTexts {
  std::string hypothesis{};
  std::vector<std::string> references{};
};

}  // namespace mono::tasks
