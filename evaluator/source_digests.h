#pragma once

#include <string>

#include "tasks/sample.h"

namespace mono::evaluator {

/// What tells a sample's pictures from others where no pixels were computed.
class SourceDigests {
 public:
  /// SHA-256 of the base64 text of the sample's picture, or of those of its pictures' texts; ""
  /// where there is none or one of them is no such text: such pictures go by their names. Samples
  /// that share pictures and follow one another cost one reading.
  /// \throws SetupError if the data file does not hold the picture.
  std::string operator()(const tasks::Sample& sample);

 private:
  std::string identities_{};  // of the last sample's pictures
  std::string digest_{};
};

}  // namespace mono::evaluator
