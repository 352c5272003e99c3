#include "results/json_lines.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "results/file.h"
#include "tests/results_files.h"

namespace mono::results {
namespace {

using nlohmann::ordered_json;
using tests::content_of;
using tests::setup_error;
using tests::write_content;

class JsonLinesTest : public tests::FolderTest {
 protected:
  /// The rows of a file with this content, each as "line:row".
  std::vector<std::string> read(const std::string& content, LastLine last_line) {
    write_content(folder_ / "rows.jsonl", content);
    std::vector<std::string> rows;
    torn_ = for_each_json_line(folder_ / "rows.jsonl", last_line,
                               [&](int line, const ordered_json& row) {
                                 rows.push_back(std::to_string(line) + ":" + row.dump());
                               });
    return rows;
  }

  std::string error(const std::string& content) {
    const auto message = setup_error([&] { read(content, LastLine::kMayLackNewline); });
    const auto file = message.find("rows.jsonl");
    return file == std::string::npos ? message : message.substr(file);
  }

  std::optional<TornLine> torn_{};
};

using Rows = std::vector<std::string>;

TEST_F(JsonLinesTest, HandsOutEachRowWithItsLineAndKeepsTheOrderOfKeys) {
  EXPECT_EQ(read("{\"b\":1,\"a\":2}\n{}\n", LastLine::kMayLackNewline),
            (Rows{"1:{\"b\":1,\"a\":2}", "2:{}"}));
  EXPECT_EQ(torn_, std::nullopt);
}

TEST_F(JsonLinesTest, ReadsAnEmptyFileAsNoRows) {
  EXPECT_EQ(read("", LastLine::kMayBeTorn), Rows());
  EXPECT_EQ(torn_, std::nullopt);
}

TEST_F(JsonLinesTest, TakesALastLineWithoutNewlineFromOtherPrograms) {
  EXPECT_EQ(read("{}\n{\"a\":1}", LastLine::kMayLackNewline), (Rows{"1:{}", "2:{\"a\":1}"}));
}

TEST_F(JsonLinesTest, ReportsATornLastLineHoweverWholeItLooks) {
  EXPECT_EQ(read("{}\n{\"a\":1}", LastLine::kMayBeTorn), (Rows{"1:{}"}));
  ASSERT_TRUE(torn_.has_value());
  EXPECT_EQ(torn_->line, 2);
  EXPECT_EQ(torn_->offset, 3);
  EXPECT_EQ(torn_->bytes, 7);
}

TEST_F(JsonLinesTest, NamesFileAndLineOfWhatIsNoRow) {
  EXPECT_EQ(error("{}\n[1]\n"), "rows.jsonl:2: expected a JSON object, got array");
  EXPECT_EQ(error("{}\n{\"a\n{}\n"),
            "rows.jsonl:2: expected a JSON object, got text that is none at byte 4");
  EXPECT_EQ(error("{\"a\":1e999}\n").substr(0, 14), "rows.jsonl:1: ");
  EXPECT_EQ(error("\n").substr(0, 13), "rows.jsonl:1:");
  EXPECT_EQ(error("{\"a\":\"\xFF\"}\n").substr(0, 13), "rows.jsonl:1:");
}

TEST_F(JsonLinesTest, NamesAFileItCannotOpen) {
  const auto read_it = [](const std::filesystem::path& path) {
    for_each_json_line(path, LastLine::kMayBeTorn, [](int, const ordered_json&) {});
  };
  EXPECT_EQ(setup_error([&] { read_it(folder_ / "none"); }),
            (folder_ / "none").string() + ": cannot open");
  EXPECT_EQ(setup_error([&] { read_it(folder_); }), folder_.string() + ": cannot open");
}

TEST_F(JsonLinesTest, WritesARowAsOneLine) {
  EXPECT_EQ(json_line({{"b", "x\ny"}, {"a", 0.1}}), "{\"b\":\"x\\ny\",\"a\":0.1}\n");
}

TEST_F(JsonLinesTest, RefusesToWriteWhatJsonCannotHold) {
  EXPECT_EQ(setup_error([] { json_line(ordered_json::array()); }),
            "a row must be a JSON object, got array");
  EXPECT_EQ(setup_error([] {
              json_line({{"a", {{"b", {1.0, std::nan("")}}}}});
            }),
            "a row holds a number that is not finite: {\"a\":{\"b\":[1.0,null]}}");
  EXPECT_EQ(setup_error([] {
              json_line({{"a", "\xFF"}});
            }).substr(0, 24),
            "a row cannot be written:");
}

class AtomicFileTest : public tests::FolderTest {
 protected:
  size_t num_files() const {
    const std::filesystem::directory_iterator files(folder_);
    return static_cast<size_t>(std::distance(begin(files), end(files)));
  }
};

TEST_F(AtomicFileTest, ReplacesAFileAndLeavesNothingElse) {
  const auto path = folder_ / "results.json";
  write_file_atomically(path, "old and longer");
  write_file_atomically(path, "new");
  EXPECT_EQ(content_of(path), "new");
  EXPECT_EQ(num_files(), 1U);
}

TEST_F(AtomicFileTest, MakesMissingFolders) {
  write_file_atomically(folder_ / "a" / "b" / "results.json", "x");
  EXPECT_EQ(content_of(folder_ / "a" / "b" / "results.json"), "x");
}

TEST_F(AtomicFileTest, KeepsTheOldFileWhereTheDiskIsFull) {
  const auto path = folder_ / "results.json";
  write_file_atomically(path, "old");
  const auto message = setup_error([&] {
    const tests::FileSizeLimit limit(10);
    write_file_atomically(path, std::string(100, 'x'));
  });
  EXPECT_EQ(message, path.string() + ": cannot write: File too large");
  EXPECT_EQ(content_of(path), "old");
  EXPECT_EQ(num_files(), 1U);
}

TEST_F(AtomicFileTest, NamesWhatCannotBeWritten) {
  std::filesystem::create_directories(folder_ / "taken");
  EXPECT_EQ(setup_error([&] { write_file_atomically(folder_ / "taken", "x"); }),
            (folder_ / "taken").string() + ": cannot write: Is a directory");
  write_content(folder_ / "file", "");
  EXPECT_EQ(setup_error([&] { write_file_atomically(folder_ / "file" / "x", "x"); }),
            (folder_ / "file").string() + ": cannot make the folder: Not a directory");
}

}  // namespace
}  // namespace mono::results
