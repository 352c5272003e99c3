#include "tasks/text/utf8.h"

#include "tasks/text/python_text.h"

namespace mono::tasks {

bool repair_utf8(std::string& text) {
  constexpr char32_t kReplacement = 0xFFFD;
  std::string repaired;
  bool is_whole = true;
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    const char32_t code_point = next_code_point(text, position);
    const bool is_broken =
        code_point == kReplacement && text.compare(start, 3, "\xEF\xBF\xBD") != 0;
    if (is_broken && is_whole) repaired.assign(text, 0, start);
    is_whole = is_whole && !is_broken;
    if (!is_whole) append_code_point(repaired, code_point);
  }
  if (!is_whole) text = std::move(repaired);
  return is_whole;
}

}  // namespace mono::tasks
