#include "tasks/reader/tsv.h"

#include <gtest/gtest.h>

#include "tasks/reader/base64.h"
#include "tasks/reader/column_types.h"
#include "tests/expect_error.h"
#include "tests/task_cases.h"

namespace mono::tasks {
namespace {

using tests::expect_error;
using tests::ScratchFolder;
using Texts = std::vector<std::string>;

Texts column_text(Texts texts) {
  Texts result;
  for (const auto& cell : type_column(std::move(texts)).cells) result.push_back(cell_text(cell));
  return result;
}

TEST(TsvTest, ReadsQuotesLineEndsAndShortRows) {
  const ScratchFolder folder;
  const auto table = read_tsv(folder.write("t.tsv",
                                           "\xEF\xBB\xBF"
                                           "a\ta\t\n\"x\"\"y\tz\n\"w\t2\r\n\n1\r \t\"\"\tq\"r\n"));
  EXPECT_EQ(table.columns, (Texts{"a", "a.1", "Unnamed: 2"}));
  ASSERT_EQ(table.num_rows(), 3U);
  EXPECT_EQ(table.field(0, 0).text(), "x\"y\tz\nw");
  EXPECT_EQ(table.field(1, 1).text(), "");
  EXPECT_EQ(table.lines[1], 5);
  EXPECT_EQ(table.field(2, 0).text(), " ");
  EXPECT_EQ(table.field(2, 2).text(), "q\"r");
}

TEST(TsvTest, NamesTheLineOfABrokenRow) {
  const ScratchFolder folder;
  const auto read = [&](const std::string& text) {
    return [&folder, text] { read_tsv(folder.write("t.tsv", text)); };
  };
  expect_error(read("a\tb\n1\t2\n1\t2\t3\n"), {"t.tsv:3: ", "expected 2 fields, got 3"});
  expect_error(read("a\tb\n1\t\"2\n"), {"t.tsv:2: ", "not closed"});
  expect_error(read("a\tb\n"), {"t.tsv", "the header alone"});
  expect_error(read(""), {"t.tsv", "empty"});
  expect_error([&] { read_tsv(folder.path() / "absent.tsv"); }, {"absent.tsv", "cannot open"});
}

TEST(ColumnTypesTest, TypesOverTheWholeColumn) {
  EXPECT_EQ(column_text({"007", " +1\t"}), (Texts{"7", "1"}));
  EXPECT_EQ(column_text({"3", ""}), (Texts{"3.0", "nan"}));
  EXPECT_EQ(column_text({"2.50", "1e3", "-.5", "inf"}), (Texts{"2.5", "1000.0", "-0.5", "inf"}));
  EXPECT_EQ(column_text({"TRUE", "None", "false"}), (Texts{"True", "nan", "False"}));
  EXPECT_EQ(column_text({"007", "x", "NA"}), (Texts{"007", "x", "nan"}));
  EXPECT_EQ(column_text({"18446744073709551615", "1"}), (Texts{"18446744073709551615", "1"}));
  EXPECT_EQ(column_text({"18446744073709551616", "01"}), (Texts{"18446744073709551616", "01"}));
  EXPECT_EQ(column_text({"1e400", "1.0"}), (Texts{"1e400", "1.0"}));
  EXPECT_EQ(column_text({"3.14159265358979312"}), (Texts{"3.1415926535897927"}));
}

TEST(Base64Test, DecodesAndRefuses) {
  EXPECT_EQ(decode_base64("aGVs\nbG8=", "w"), "hello");
  for (const char* const text : {"aGVsbG8", "aGV$bG8=", "aG=sbG8=", "", "=", "a==="}) {
    expect_error([&] { decode_base64(text, "row 3"); }, {"row 3: broken base64"});
  }
}

}  // namespace
}  // namespace mono::tasks
