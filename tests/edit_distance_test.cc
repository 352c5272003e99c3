#include "tasks/text/edit_distance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace mono::tasks {
namespace {

/// The whole table, as the definition has it.
size_t plain_distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<size_t>> table(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        table[i][j] = i + j;
        continue;
      }
      const size_t replaced = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      table[i][j] = std::min({replaced, table[i - 1][j] + 1, table[i][j - 1] + 1});
    }
  }
  return table[a.size()][b.size()];
}

TEST(EditDistanceTest, IsTheDistanceUpToTheLimit) {
  std::mt19937 random(1);  // NOLINT: the same texts each time
  const auto text = [&] {
    std::string result(random() % 12, ' ');
    for (char& c : result) c = static_cast<char>('a' + random() % 3);
    return result;
  };
  for (int i = 0; i < 3000; ++i) {
    const auto a = text();
    const auto b = text();
    const size_t expected = plain_distance(a, b);
    for (size_t limit = 0; limit < 14; ++limit) {
      ASSERT_EQ(edit_distance_within(a, b, limit), std::min(expected, limit + 1))
          << a << " " << b << " within " << limit;
      ASSERT_EQ(edit_distance_within("é" + a, b + "é", limit + 2),
                std::min(plain_distance("#" + a, b + "#"), limit + 3));
    }
  }
}

TEST(EditDistanceTest, CountsCodePointsAndTakesLongTexts) {
  EXPECT_EQ(edit_distance_within("straße", "strasse", 9), 2U);
  EXPECT_EQ(edit_distance_within("日本", "日", 9), 1U);
  const std::string longer(3000, 'x');
  EXPECT_EQ(edit_distance_within("a" + longer, longer + "b", 5), 2U);
  EXPECT_EQ(edit_distance_within(longer, "", 5), 6U);
}

}  // namespace
}  // namespace mono::tasks
