#include "results/table.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mono::results {
namespace {

const TableRow kRows[] = {{.model = "mono",
                           .task = "mme",
                           .profile = "ivl",
                           .metric = "sum",
                           .value = 1874.96,
                           .standard_error = 12.345,
                           .scored = 2373,
                           .total = 2374,
                           .published = 1875},
                          {.task = "a|b", .metric = "ANLS", .value = std::nan("")}};

TEST(TableTest, AlignsColumnsAndShowsADashWithoutData) {
  EXPECT_EQ(terminal_table(kRows),
            "model  task  profile  metric   value      ±     scored  published\n"
            "─────────────────────────────────────────────────────────────────\n"
            "mono   mme   ivl      sum     1875.0  12.35  2373/2374     1875.0\n"
            "—      a|b   —        ANLS         —      —          —          —\n");
}

TEST(TableTest, WritesMarkdownThatNoCellBreaks) {
  EXPECT_EQ(markdown_table(kRows),
            "| model | task | profile | metric | value | ± | scored | published |\n"
            "| --- | --- | --- | --- | ---: | ---: | ---: | ---: |\n"
            "| mono | mme | ivl | sum | 1875.0 | 12.35 | 2373/2374 | 1875.0 |\n"
            "| — | a\\|b | — | ANLS | — | — | — | — |\n");
}

TEST(TableTest, ShowsARealZeroAndTheDecimalsAskedFor) {
  const TableRow rows[] = {{.task = "t\nu",
                            .profile = "p",
                            .metric = "m",
                            .value = 0,
                            .standard_error = 0,
                            .scored = 0,
                            .total = 5,
                            .decimals = 2}};
  const auto table = markdown_table(rows);
  EXPECT_EQ(table.substr(table.find("| model")),
            "| model | task | profile | metric | value | ± | scored | published |\n"
            "| --- | --- | --- | --- | ---: | ---: | ---: | ---: |\n| — | t u | p | m | 0.00 | "
            "0.000 | 0/5 | "
            "— |\n");
}

}  // namespace
}  // namespace mono::results
