#include "tasks/text/levenshtein.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> result;
  for (size_t position = 0; position < text.size();) {
    result.push_back(next_code_point(text, position));
  }
  return result;
}

}  // namespace

size_t levenshtein(std::string_view a, std::string_view b) {
  const auto from = code_points(a);
  const auto to = code_points(b);
  std::vector<size_t> row(to.size() + 1);  // distances of a prefix of `from` to every one of `to`
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < from.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t k = 0; k < to.size(); ++k) {
      const size_t replaced = diagonal + (from[i] == to[k] ? 0 : 1);
      diagonal = row[k + 1];
      row[k + 1] = std::min({replaced, row[k] + 1, row[k + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace mono::tasks
