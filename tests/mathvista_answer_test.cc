#include "tasks/metric/mathvista_answer.h"

#include <gtest/gtest.h>

#include "tasks/text/edit_distance.h"

namespace mono::tasks {
namespace {

using Texts = std::vector<std::string>;

MathProblem choice_of(Texts choices) {
  return {.is_multiple_choice = true, .answer_type = "text", .choices = std::move(choices)};
}

std::string normalised(const std::string& extraction, const MathProblem& problem) {
  return normalised_extraction(extraction, problem).value_or("None");
}

TEST(LevenshteinTest, IsADistance) {
  const Texts texts = {"", "a", "abc", "abd", "kitten", "sitting", "√2", "2√"};
  for (const auto& a : texts) {
    EXPECT_EQ(edit_distance(a, a), 0U) << a;
    for (const auto& b : texts) {
      EXPECT_EQ(edit_distance(a, b), edit_distance(b, a)) << a << " " << b;
      for (const auto& c : texts) {
        EXPECT_LE(edit_distance(a, c), edit_distance(a, b) + edit_distance(b, c)) << a << b << c;
      }
    }
  }
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "√2"), 2U);  // code points, not bytes
}

TEST(MathVistaAnswerTest, NormalisesChoicesByLetterThenByDistance) {
  const auto odd = choice_of({"1", "3", "5"});
  EXPECT_EQ(normalised("(b) 3", odd), "3");
  EXPECT_EQ(normalised("B", odd), "3");
  EXPECT_EQ(normalised("b", odd), "1");
  EXPECT_EQ(normalised("5", odd), "5");
  EXPECT_EQ(normalised(" C ", odd), "5");
  EXPECT_EQ(normalised("", choice_of({"12", "3", "5"})), "3");
  EXPECT_EQ(normalised("(F)", choice_of({"a", "b"})), "a");
  EXPECT_EQ(normalised("x", choice_of({})), "None");
}

TEST(MathVistaAnswerTest, AChoiceAlwaysNormalisesToAChoice) {
  const auto problem = choice_of({"red", "green", "dark green"});
  for (const auto* const text : {"", "green", "(c)", "(Z)", "B", "D", "dark", "zzz", "(", "(a"}) {
    const auto result = normalised_extraction(text, problem);
    ASSERT_TRUE(result) << text;
    EXPECT_EQ(normalised(*result, problem), *result) << text;
  }
}

TEST(MathVistaAnswerTest, NormalisesNumbersAsPythonDoes) {
  const MathProblem integer{.answer_type = "integer"};
  EXPECT_EQ(normalised("14.9", integer), "14");
  EXPECT_EQ(normalised("1e2", integer), "100");
  EXPECT_EQ(normalised("-0.4", integer), "0");
  EXPECT_EQ(normalised("1,000", integer), "None");
  EXPECT_EQ(normalised("nan", integer), "None");
  EXPECT_EQ(normalised("1e400", integer), "None");
  EXPECT_EQ(normalised("", integer), "None");
  MathProblem number{.answer_type = "float", .precision = 1};
  EXPECT_EQ(normalised("0.65", number), "0.7");
  EXPECT_EQ(normalised("0.25", number), "0.2");
  EXPECT_EQ(normalised("inf", number), "inf");
  number.precision = 2;
  EXPECT_EQ(normalised("2.5", number), "2.5");
  EXPECT_EQ(normalised("2.675", number), "2.67");
  number.precision.reset();
  EXPECT_EQ(normalised("2.5", number), "None");
  const MathProblem list{.answer_type = "list"};
  EXPECT_EQ(normalised("[1,2]", list), "[1,2]");
}

TEST(MathVistaAnswerTest, TakesThePrecisionFromTheHintWhereNoColumnHasIt) {
  Sample sample{.question = "Hint: ... a floating-point number with two decimal places and ..."};
  sample.cells = {{"question_type", "free_form"}, {"answer_type", "float"}, {"answer", "1.23"}};
  EXPECT_EQ(math_problem(sample, {}).precision, 2);
  sample.cells.emplace_back("precision", Cell());
  EXPECT_EQ(math_problem(sample, {}).precision, std::nullopt);
  sample.cells.back().second = int64_t{1};
  EXPECT_EQ(math_problem(sample, {}).precision, 1);
}

TEST(MathVistaAnswerTest, ReadsWithoutAModelWhatIsPlain) {
  const auto choices = choice_of({"3", "5"});
  EXPECT_EQ(quick_extraction("5", choices), "5");
  EXPECT_EQ(quick_extraction(" 5", choices), std::nullopt);
  const MathProblem integer{.answer_type = "integer"};
  EXPECT_EQ(quick_extraction(" 007\n", integer), "7");
  EXPECT_EQ(quick_extraction("7.0", integer), std::nullopt);
  const MathProblem number{.answer_type = "float"};
  EXPECT_EQ(quick_extraction("1e3", number), "1000.0");
}

TEST(MathVistaAnswerTest, ExtractsByRulesWhereNoModelIs) {
  const MathProblem integer{.answer_type = "integer"};
  EXPECT_EQ(rule_extraction("There are 12 apples and -1,234.", integer), "-1234");
  EXPECT_EQ(rule_extraction("v1.2.", integer), "1.2");
  EXPECT_EQ(rule_extraction("3, 4", integer), "4");
  EXPECT_EQ(rule_extraction(",5", integer), "5");
  EXPECT_EQ(rule_extraction("none", integer), "");
  EXPECT_EQ(rule_extraction("It is [1, 2].", {.answer_type = "list"}), "[1, 2]");
  EXPECT_EQ(rule_extraction("It is [1, 2", {.answer_type = "list"}), "");
  EXPECT_EQ(rule_extraction("The answer is (B).", choice_of({"x", "y"})), "B");
}

}  // namespace
}  // namespace mono::tasks
