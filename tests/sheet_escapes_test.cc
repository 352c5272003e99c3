// Texts that look like a spreadsheet's escapes, as they come back from one: what xlsxwriter 3.2
// writes and pandas reads through openpyxl 3.1.

#include <gtest/gtest.h>

#include "tasks/pipeline/result_sheet.h"

namespace mono::tasks {
namespace {

std::string text_back(std::string_view text) {
  SheetColumn column({text, std::string_view("x")}, {.is_used = true});
  return std::string(column.text(0));
}

TEST(SheetEscapesTest, TextsComeBackAsPandasReadsThem) {
  for (const auto& [text, expected] : {std::pair("_x000D_", "_x000D_"),
                                       {"_x005F_", "_"},
                                       {"a_x005F_b", "a_b"},
                                       {"_x005F_x0041_", "_x0041_"},
                                       {"__x000D__", "__x000D__"},
                                       {"_x005f_", "_x005f_"},
                                       {"x_x000D_\ry", "x_x000D__x000D_y"},
                                       {"_x005F_x000D_\r", "_x000D__x000D_"},
                                       {"\x0b_x0041_", "_x000B__x0041_"},
                                       {"ax005F_b", "ab"},
                                       {"_xZZZZ_", "_xZZZZ_"},
                                       {"_x000D", "_x000D"},
                                       {"\uFFFE \uFFFF", "_xFFFE_ _xFFFF_"}}) {
    EXPECT_EQ(text_back(text), expected) << text;
  }
}

}  // namespace
}  // namespace mono::tasks
