#include "tasks/text/python_text.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/adapter.h"
#include "tasks/text/list_literal.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

using Texts = std::vector<std::string>;

TEST(PythonTextTest, StripsPythonsWhiteSpaceAndNoOther) {
  EXPECT_EQ(strip(" \u00a0\u3000x y\u2028\x1c\n"), "x y");
  EXPECT_EQ(strip("\u200bx\ufeff"), "\u200bx\ufeff");
  EXPECT_EQ(strip(" \t"), "");
}

TEST(PythonTextTest, SplitsAtRunsOfWhiteSpace) {
  const auto words = split_whitespace("  a\u2003\tb c ");
  EXPECT_EQ(Texts(words.begin(), words.end()), (Texts{"a", "b", "c"}));
  EXPECT_TRUE(split_whitespace("").empty());
}

TEST(PythonTextTest, MapsCaseInFull) {
  EXPECT_EQ(lower("ΑΣ ΣΑ"), "ας σα");
  EXPECT_EQ(lower("İX"), "i\u0307x");
  EXPECT_EQ(upper("straße ﬁ"), "STRASSE FI");
  EXPECT_EQ(lower("AbZ"), "abz");
}

TEST(PythonTextTest, CountsCodePointsAndPassesOverBrokenBytes) {
  EXPECT_EQ(length("aé猫😀"), 4U);
  EXPECT_EQ(length("a\xff\xc3"), 3U);
}

TEST(PythonTextTest, KnowsDecimalDigitsOfEveryScript) {
  EXPECT_TRUE(is_python_digit(U'٣'));
  EXPECT_FALSE(is_python_digit(U'²'));
}

TEST(PythonNumberTest, PrintsFloatsAsPythonDoes) {
  EXPECT_EQ(float_repr(3), "3.0");
  EXPECT_EQ(float_repr(-2.5), "-2.5");
  EXPECT_EQ(float_repr(0.0001), "0.0001");
  EXPECT_EQ(float_repr(0.00001), "1e-05");
  EXPECT_EQ(float_repr(1e15), "1000000000000000.0");
  EXPECT_EQ(float_repr(1e16), "1e+16");
  EXPECT_EQ(float_repr(1.5e-7), "1.5e-07");
  EXPECT_EQ(float_repr(-INFINITY), "-inf");
  EXPECT_EQ(float_repr(NAN), "nan");
}

TEST(PythonNumberTest, ReadsIntegersOfAnySizeAndScript) {
  EXPECT_EQ(parse_int(" -007 "), "-7");
  EXPECT_EQ(parse_int("-0"), "0");
  EXPECT_EQ(parse_int("1_000"), "1000");
  EXPECT_EQ(parse_int("٣4"), "34");
  EXPECT_EQ(parse_int("123456789012345678901234567890"), "123456789012345678901234567890");
  for (const char* const text : {"", "1_", "_1", "1__0", "1.0", "1e3", "+-1", "- 1"}) {
    EXPECT_EQ(parse_int(text), std::nullopt) << text;
  }
}

TEST(PythonNumberTest, ReadsFloatsAsPythonDoes) {
  EXPECT_EQ(parse_float(" 1_0.5e-1 "), 1.05);
  EXPECT_EQ(parse_float("5."), 5.0);
  EXPECT_EQ(parse_float(".5"), 0.5);
  EXPECT_EQ(parse_float("-Infinity"), -INFINITY);
  EXPECT_EQ(parse_float("1e400"), INFINITY);
  EXPECT_TRUE(std::isnan(parse_float("nan").value()));
  for (const char* const text : {"", ".", "1,000", "$5", "5 kg", "1e", "0x1p3", "infin", "1_.5"}) {
    EXPECT_EQ(parse_float(text), std::nullopt) << text;
  }
}

TEST(PythonNumberTest, TakesOffTheWhiteSpaceThatNumbersMayHave) {
  for (const std::string space : {" ", "\t", "\n", "\v", "\f", "\r", "\u0085", "\u00A0", "\u1680",
                                  "\u2000", "\u200A", "\u2028", "\u202F", "\u205F", "\u3000"}) {
    const auto spaced = std::string(space).append("5").append(space);
    EXPECT_EQ(parse_int(spaced), "5") << space;
    EXPECT_EQ(parse_float(spaced), 5.0) << space;
  }
  for (const std::string other : {"\x1C", "\x1D", "\x1E", "\x1F", "\u200B", "\uFEFF"}) {
    for (const auto& text : {other + "5", "5" + other, "\u2028" + other + "5", "5" + other + " "}) {
      EXPECT_EQ(parse_int(text), std::nullopt) << text;
      EXPECT_EQ(parse_float(text), std::nullopt) << text;
    }
  }
}

TEST(PythonNumberTest, ReadsIntegersOfUpTo4300Digits) {
  EXPECT_EQ(parse_int("-" + std::string(4300, '1')), "-" + std::string(4300, '1'));
  EXPECT_EQ(parse_int(std::string(4301, '1')), std::nullopt);
  EXPECT_EQ(parse_int(std::string(4300, '0') + "1"), std::nullopt);
}

TEST(PythonNumberTest, AddsInNumpysOrder) {
  std::vector<double> values(9, 0.1);
  const double eight = ((0.1 + 0.1) + (0.1 + 0.1)) + ((0.1 + 0.1) + (0.1 + 0.1));
  EXPECT_EQ(pairwise_sum(values), eight + 0.1);
  EXPECT_NE(sum_left_to_right(values), pairwise_sum(values));
  values.assign(136, 0.1);
  EXPECT_EQ(pairwise_sum(values), pairwise_sum(std::span(values).first(64)) +
                                      pairwise_sum(std::span(values).subspan(64)));
}

TEST(PythonNumberTest, RefusesTheMeanOfNothing) {
  EXPECT_THROW(pairwise_mean({}), model::SetupError);
  EXPECT_EQ(standard_error_of_mean(std::vector{1.0}), std::nullopt);
  EXPECT_DOUBLE_EQ(standard_error_of_mean(std::vector{1.0, 0.0, 1.0, 1.0}).value(), 0.25);
}

TEST(ListLiteralTest, ReadsTheElementsAsTexts) {
  EXPECT_EQ(parse_list_literal(" ['a', \"it's\",] "), (Texts{"a", "it's"}));
  EXPECT_EQ(parse_list_literal("[1, -2, 1.50, True, None]"),
            (Texts{"1", "-2", "1.5", "True", "None"}));
  EXPECT_EQ(parse_list_literal(R"(['\n\x41\u00e9\q\\\101'])"), (Texts{"\nAé\\q\\A"}));
  EXPECT_EQ(parse_list_literal("[]"), Texts{});
}

TEST(ListLiteralTest, LeavesEverythingElseAText) {
  for (const char* const text : {"", "a", "5", "['a'", "['a' 5]", "[Yes, No]", "('a',)", "['a'] x",
                                 "[007]", "['a\nb']", R"(['\x4'])"}) {
    EXPECT_EQ(parse_list_literal(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace mono::tasks
