#include "tasks/metric/substring_hit.h"

#include <algorithm>

#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

std::string evened_out(std::string_view text, bool is_formula) {
  auto result = is_formula ? std::string(strip(text)) : std::string(strip(lower(text)));
  std::replace(result.begin(), result.end(), '\n', ' ');
  if (is_formula) std::erase(result, ' ');
  return result;
}

}  // namespace

std::optional<std::string> first_answer_in(std::string_view response,
                                           std::span<const std::string> accepted, bool is_formula) {
  const auto text = evened_out(response, is_formula);
  for (const auto& answer : accepted) {
    if (text.find(evened_out(answer, is_formula)) != std::string::npos) return answer;
  }
  return std::nullopt;
}

}  // namespace mono::tasks
