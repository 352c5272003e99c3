#include "tasks/text/edit_distance.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

std::u32string code_points(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (size_t position = 0; position < text.size();) {
    result.push_back(next_code_point(text, position));
  }
  return result;
}

template <typename View>
void drop_common_ends(View& a, View& b) {
  const auto [end, unused] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto front = static_cast<size_t>(end - a.begin());
  a.remove_prefix(front);
  b.remove_prefix(front);
  const auto [last, ignored] = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  const auto back = static_cast<size_t>(last - a.rbegin());
  a.remove_suffix(back);
  b.remove_suffix(back);
}

/// One row of the table at a time; cells further than `limit` from the diagonal are over the limit.
/// \param row  One cell more than `shorter` has characters.
template <typename View>
size_t distance_in_band(View shorter, View longer, size_t limit, size_t* row) {
  const size_t over = limit + 1;
  for (size_t j = 0; j <= shorter.size(); ++j) row[j] = std::min(j, over);
  for (size_t i = 1; i <= longer.size(); ++i) {
    const size_t first = i > limit ? i - limit : 1;
    const size_t last = std::min(shorter.size(), i + limit);
    size_t diagonal = row[first - 1];
    row[first - 1] = first == 1 ? std::min(i, over) : over;
    size_t least = row[first - 1];
    for (size_t j = first; j <= last; ++j) {
      const size_t replaced = diagonal + (shorter[j - 1] == longer[i - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, diagonal + 1, row[j - 1] + 1, over});
      least = std::min(least, row[j]);
    }
    if (least > limit) return over;
  }
  return row[shorter.size()];
}

template <typename View>
size_t distance(View a, View b, size_t limit) {
  drop_common_ends(a, b);
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > limit) return limit + 1;
  if (a.empty()) return b.size();
  limit = std::min(limit, b.size());
  constexpr size_t kUsualLength = 256;
  if (a.size() < kUsualLength) {
    std::array<size_t, kUsualLength> row;  // NOLINT: distance_in_band fills it
    return distance_in_band(a, b, limit, row.data());
  }
  std::vector<size_t> row(a.size() + 1);
  return distance_in_band(a, b, limit, row.data());
}

}  // namespace

size_t edit_distance_within(std::string_view a, std::string_view b, size_t limit) {
  if (is_ascii(a) && is_ascii(b)) return distance(a, b, limit);
  const auto a_points = code_points(a);
  const auto b_points = code_points(b);
  return distance(std::u32string_view(a_points), std::u32string_view(b_points), limit);
}

size_t edit_distance(std::string_view a, std::string_view b) {
  return edit_distance_within(a, b, std::max(a.size(), b.size()));
}

}  // namespace mono::tasks
