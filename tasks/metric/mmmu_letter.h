#pragma once

#include <span>
#include <string_view>

#include "tasks/sample.h"
#include "tasks/text/python_random.h"

namespace mono::tasks {

/// A letter of MMMU's own parser.
struct ParsedLetter {
  char letter = 'A';
  bool is_guess = false;  // no option was found: drawn at random
};

/// MMMU's own reading of a multiple-choice answer. Letters in brackets, else between blanks, else
/// option texts in longer answers; of several the one that stands last; where there is none, a
/// letter drawn from Python's generator, seeded with 42 once before the first answer. The order
/// of the answers matters.
/// Rule: MMMU-Benchmark/MMMU@bb0b95a mmmu/utils/eval_utils.py, parse_multi_choice_response; also
/// in OpenGVLab/InternVL@2410d1d internvl_chat/eval/mmmu/eval_utils.py, where it is not called.
class MmmuLetterParser {
 public:
  /// \param choices  At least one.
  ParsedLetter read(std::string_view answer, std::span<const Choice> choices);

 private:
  PythonRandom random_{42};
};

}  // namespace mono::tasks
