#include "evaluator/verbs/verbs.h"

#include <algorithm>
#include <sstream>

namespace mono::evaluator {

std::string both_spellings(const std::string& option) {
  std::string other = option;
  std::replace(other.begin() + 2, other.end(), '-', '_');
  return other == option ? option : option + "," + other;
}

std::vector<std::string> split_list(const std::vector<std::string>& values) {
  std::vector<std::string> pieces;
  for (const auto& value : values) {
    std::istringstream stream(value);
    for (std::string piece; std::getline(stream, piece, ',');) {
      if (!piece.empty()) pieces.push_back(piece);
    }
  }
  return pieces;
}

void add_example(CLI::App& verb, const std::string& command) {
  verb.footer("Example:\n  " + command);
}

}  // namespace mono::evaluator
