#include "tasks/text/python_random.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/adapter.h"
#include "tasks/text/pattern.h"
#include "tasks/text/python_round.h"

namespace mono::tasks {
namespace {

TEST(PythonRandomTest, GivesPythonsNumbers) {
  PythonRandom random(42);  // random.seed(42); random.getrandbits(32) ...
  for (const uint32_t expected : {2746317213U, 478163327U, 107420369U, 3184935163U, 1181241943U}) {
    EXPECT_EQ(random.next(), expected);
  }
  for (int i = 5; i < 1000; ++i) random.next();
  EXPECT_EQ(random.next(), 2672573305U);
}

TEST(PythonRandomTest, DrawsBelowALimit) {
  PythonRandom random(42);
  for (const size_t expected : {0, 0, 2, 1, 1, 1, 0, 4, 0, 4, 3})
    EXPECT_EQ(random.below(5), expected);
  EXPECT_EQ(random.below(1), 0U);
  for (int i = 0; i < 1000; ++i) EXPECT_LT(random.below(7), 7U);
  EXPECT_THROW(random.below(0), model::SetupError);
}

TEST(PythonRoundTest, TakesTheNearestDecimalOfTheBinaryValue) {
  EXPECT_EQ(python_round(2.675, 2), 2.67);
  EXPECT_EQ(python_round(0.125, 2), 0.12);
  EXPECT_EQ(python_round(0.375, 2), 0.38);
  EXPECT_EQ(python_round(2.5, 0), 2);
  EXPECT_EQ(python_round(1.0 / 3, 3), 0.333);
  EXPECT_EQ(python_round(2.0005, 3), 2.001);
  EXPECT_EQ(python_round(1e300, 2), 1e300);
  EXPECT_TRUE(std::signbit(python_round(-0.001, 2)));
  EXPECT_THROW(python_round(1, -1), model::SetupError);
}

TEST(PatternTest, FindsWhatPythonFinds) {
  using Texts = std::vector<std::string_view>;
  const Pattern digits(R"(\d+\b)");
  EXPECT_EQ(digits.find_all("1 23a 4_ ٣ é5"), (Texts{"1", "٣", "5"}));
  EXPECT_EQ(digits.find_all(""), Texts{});
  EXPECT_EQ(digits.find_all("\xFF 7"), Texts{"7"});
  EXPECT_THROW(Pattern("("), model::SetupError);
}

}  // namespace
}  // namespace mono::tasks
