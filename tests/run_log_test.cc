#include "results/run_log.h"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/results_files.h"

namespace mono::results {
namespace {

using nlohmann::ordered_json;
using tests::content_of;
using tests::setup_error;
using tests::write_content;

constexpr const char* kHeaderLine = "{\"header\":{\"task\":\"t\",\"profile\":\"ivl\"}}\n";

class RunLogTest : public tests::FolderTest {
 protected:
  std::filesystem::path path() const { return folder_ / "run" / "samples.jsonl"; }

  void write(const std::string& content) const {
    std::filesystem::create_directories(path().parent_path());
    write_content(path(), content);
  }

  std::string error_of_reading(const std::string& content) const {
    write(content);
    const auto message = setup_error([&] { read_run_log(path()); });
    const auto file = message.find("samples.jsonl");
    return file == std::string::npos ? message : message.substr(file);
  }

  const ordered_json header_ = {{"task", "t"}, {"profile", "ivl"}};
};

TEST_F(RunLogTest, WritesAHeaderAndARowALine) {
  {
    RunLog log(path(), header_);
    log.append({{"id", "1"}, {"text", "a\nb"}});
    log.append({{"id", "2"}});
    EXPECT_TRUE(log.contains("1"));
    EXPECT_FALSE(log.contains("3"));
  }
  EXPECT_EQ(content_of(path()),
            std::string(kHeaderLine) + "{\"id\":\"1\",\"text\":\"a\\nb\"}\n{\"id\":\"2\"}\n");
}

TEST_F(RunLogTest, IsReadableAfterEachRow) {
  RunLog log(path(), header_, {.sync_seconds = 0});
  log.append({{"id", "1"}});
  const auto contents = read_run_log(path());
  EXPECT_EQ(contents.header, header_);
  ASSERT_EQ(contents.rows.size(), 1U);
  EXPECT_EQ(contents.rows[0], ordered_json({{"id", "1"}}));
  EXPECT_FALSE(contents.torn.has_value());
}

TEST_F(RunLogTest, ContinuesWhereAnEarlierRunStopped) {
  RunLog(path(), header_).append({{"id", "1"}});
  RunLog log(path(), header_);
  ASSERT_EQ(log.found().rows.size(), 1U);
  EXPECT_TRUE(log.contains("1"));
  log.append({{"id", "2"}});
  EXPECT_EQ(read_run_log(path()).rows.size(), 2U);
}

TEST_F(RunLogTest, CutsOffATornLastLineAndReportsIt) {
  write(std::string(kHeaderLine) + "{\"id\":\"1\"}\n{\"id\":\"2\"}");
  {
    RunLog log(path(), header_);
    ASSERT_TRUE(log.found().torn.has_value());
    EXPECT_EQ(log.found().torn->line, 3);
    EXPECT_EQ(log.found().torn->bytes, 10);
    EXPECT_FALSE(log.contains("2"));
    log.append({{"id", "3"}});
  }
  EXPECT_EQ(content_of(path()), std::string(kHeaderLine) + "{\"id\":\"1\"}\n{\"id\":\"3\"}\n");
}

TEST_F(RunLogTest, BeginsAnewBehindATornHeader) {
  write("{\"header\":{\"ta");
  EXPECT_TRUE(RunLog(path(), header_).found().torn.has_value());
  EXPECT_EQ(content_of(path()), kHeaderLine);
}

TEST_F(RunLogTest, LeavesAFileThatIsNoLogAlone) {
  for (const std::string content : {"{\"results\": {}}", "{\"results\": {}}\n", "PK\x03\x04"}) {
    write(content);
    EXPECT_NE(setup_error([&] { RunLog(path(), header_); }), "no error") << content;
    EXPECT_EQ(content_of(path()), content);
  }
}

TEST_F(RunLogTest, RefusesRowsOfAnotherRunAndNamesTheDifference) {
  RunLog(path(), header_).append({{"id", "1"}});
  const auto before = content_of(path());
  EXPECT_EQ(setup_error([&] {
              RunLog(path(), {{"task", "t"}, {"profile", "vek"}});
            }),
            path().string() +
                ": rows of another run: 'profile' is \"ivl\", this run's is \"vek\"; "
                "choose another output path");
  EXPECT_NE(setup_error([&] {
              RunLog(path(), {{"task", "t"}});
            }).find("'profile' is \"ivl\", this run's is absent"),
            std::string::npos);
  EXPECT_EQ(content_of(path()), before);
}

TEST_F(RunLogTest, IsCheckedWithoutAChange) {
  const auto content = std::string(kHeaderLine) + "{\"id\":\"1\",\"error\":\"x\"}\n{\"id\":\"2\"";
  write(content);
  check_run_log(path(), header_);
  EXPECT_EQ(content_of(path()), content);
  EXPECT_NE(setup_error([&] {
              check_run_log(path(), {{"task", "t"}, {"profile", "vek"}});
            }).find("'profile' is \"ivl\", this run's is \"vek\""),
            std::string::npos);
  EXPECT_EQ(content_of(path()), content);
  write("{\"header");
  check_run_log(path(), header_);
}

TEST_F(RunLogTest, RefusesASecondRowOfAnId) {
  RunLog log(path(), header_);
  log.append({{"id", "1"}});
  EXPECT_EQ(setup_error([&] {
              log.append({{"id", "1"}});
            }),
            path().string() + ": id '1' is already in line 2");
}

TEST_F(RunLogTest, RefusesARowItCouldNotReadBack) {
  RunLog log(path(), header_);
  EXPECT_EQ(setup_error([&] {
              log.append({{"id", 1}});
            }),
            path().string() + ": a row has no text 'id'");
  EXPECT_EQ(setup_error([&] {
              log.append({{"id", "1"}, {"header", 1}});
            }),
            path().string() + ": row '1' has a field 'header'");
  EXPECT_NE(setup_error([&] { log.append({{"id", "1"}, {"text", "\xFF"}}); }), "no error");
  EXPECT_EQ(content_of(path()), kHeaderLine);
}

TEST_F(RunLogTest, NamesTheLineOfAMalformedLog) {
  const std::string header = kHeaderLine;
  EXPECT_EQ(error_of_reading(header + "{\"id\":\"1\"}\n{\"id\":\"1\"}\n"),
            "samples.jsonl:3: id '1' is already in line 2");
  EXPECT_EQ(error_of_reading(header + "{\"id\":\"1\"}\n" + header),
            "samples.jsonl:3: a second header; the rows below it belong to another run");
  EXPECT_EQ(error_of_reading("{\"id\":\"1\"}\n"),
            "samples.jsonl:1: expected the header of a run log");
  EXPECT_EQ(error_of_reading("{\"header\":1}\n"), "samples.jsonl:1: the header is no JSON object");
  EXPECT_EQ(error_of_reading(header + "{}\n"), "samples.jsonl:2: a row has no text 'id'");
  EXPECT_EQ(error_of_reading(""), "samples.jsonl: no header; not a run log, or one just begun");
}

TEST_F(RunLogTest, LetsOneProcessWriteAtATime) {
  const RunLog log(path(), header_);
  EXPECT_EQ(setup_error([&] { RunLog(path(), header_); }),
            path().string() + ": another process is writing this run log");
}

TEST_F(RunLogTest, IsFreeAgainWhenItsProcessIsKilled) {
  std::filesystem::create_directories(path().parent_path());
  const auto child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    RunLog log(path(), header_);
    log.append({{"id", "1"}});
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(RunLog(path(), header_).contains("1"));
}

TEST_F(RunLogTest, OfTheSchemaOnlyTheMajorVersionMustAgree) {
  const auto header = [](const char* version) {
    return ordered_json{{"schema", "mono-eval.samples"}, {"schema_version", version}};
  };
  RunLog(path(), header("1.7")).append({{"id", "1"}});
  {
    const RunLog log(path(), header("1.0"));
    EXPECT_TRUE(log.contains("1"));
    EXPECT_EQ(log.found().header, header("1.7"));
  }
  write("{\"header\":" + header("2.0").dump() + "}\n");
  EXPECT_NE(setup_error([&] { RunLog(path(), header("1.0")); }).find("schema version 2.0"),
            std::string::npos);
}

TEST_F(RunLogTest, UndoesARowTheDiskHasNoRoomFor) {
  RunLog log(path(), header_);
  log.append({{"id", "1"}});
  const auto before = content_of(path());
  const auto message = setup_error([&] {
    const tests::FileSizeLimit limit(before.size() + 5);
    log.append({{"id", "2"}, {"text", "longer than five bytes"}});
  });
  EXPECT_EQ(message, path().string() + ": cannot write: File too large");
  EXPECT_EQ(content_of(path()), before);
  log.append({{"id", "2"}});
  EXPECT_EQ(content_of(path()), before + "{\"id\":\"2\"}\n");
}

TEST_F(RunLogTest, NamesWhatTheSystemRefuses) {
  EXPECT_EQ(setup_error([&] { RunLog(folder_, header_); }),
            folder_.string() + ": cannot open: Is a directory");
  write_content(folder_ / "file", "");
  EXPECT_EQ(setup_error([&] { RunLog(folder_ / "file" / "log", header_); }),
            (folder_ / "file").string() + ": cannot make the folder: Not a directory");
  EXPECT_EQ(setup_error([&] { RunLog(path(), ordered_json::array()); }),
            path().string() + ": the header of a run must be a JSON object");
}

}  // namespace
}  // namespace mono::results
