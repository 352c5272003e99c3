// Files that the verbs write: known before anything is computed, in folders, behind links.

#include <sys/types.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "model/adapter.h"
#include "model/output_file.h"
#include "tests/messages.h"
#include "tests/program.h"
#include "tests/small_disk.h"

namespace mono::tests {
namespace {

namespace fs = std::filesystem;

class CliOutputTest : public ProgramTest {
 protected:
  Finished converted(const std::string& format, const std::string& output) const {
    write_file(folder_ / "mme.jsonl",
               R"({"index": 1, "category": "color", "image_path": "a.jpg", "question": "q", )"
               R"("answer": "Yes", "prediction": "yes"})");
    return run_mono_eval("convert --task mme --from " + (folder_ / "mme.jsonl").string() +
                         " --to " + format + " --output " + (folder_ / output).string());
  }

  std::string refusal(const std::string& name) const {
    return message_of<model::SetupError>([&] { model::check_can_be_written(folder_ / name); });
  }

  std::string content(const std::string& name) const {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(CliOutputTest, AFolderOfMmesFilesCanBeWrittenAgain) {
  for (const auto* const folder : {"rows", "rows", "rows/", "new/rows/", "new/rows"}) {
    const auto finished = converted("internvl-json", folder);
    EXPECT_EQ(finished.exit_code, 0) << folder << "\n" << finished.output;
    EXPECT_TRUE(fs::exists(folder_ / folder / "color.txt")) << folder;
  }
}

TEST_F(CliOutputTest, AFileIsMadeBehindALinkToNothing) {
  fs::create_symlink(folder_ / "far/away/rows.tsv", folder_ / "link");
  const auto finished = converted("vlmevalkit-tsv", "link");
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_NE(content("far/away/rows.tsv").find("color"), std::string::npos);
}

TEST_F(CliOutputTest, AFileInAFileIsKnownBeforeAnythingIsRead) {
  write_file(folder_ / "file", "text");
  const auto finished = run_mono_eval("convert --task mme --from absent --to samples --output " +
                                      (folder_ / "file/rows").string());
  EXPECT_EQ(finished.exit_code, 3);
  EXPECT_EQ(finished.output, "mono-eval: " + (folder_ / "file/rows").string() + ": cannot write: " +
                                 (folder_ / "file").string() + ": Not a directory\n");
}

TEST_F(CliOutputTest, AskingChangesNothing) {
  write_file(folder_ / "file", "text");
  fs::create_symlink("nothing", folder_ / "link");
  for (const auto* const name : {"file", "absent", "link", "/dev/null"}) {
    EXPECT_NO_THROW(model::check_can_be_written(folder_ / name)) << name;
  }
  EXPECT_EQ(content("file"), "text");
  EXPECT_FALSE(fs::exists(folder_ / "absent"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_FALSE(fs::exists(folder_ / "nothing"));
}

TEST_F(CliOutputTest, SaysWhyAFileCannotBeWritten) {
  fs::create_directories(folder_ / "folder");
  fs::create_symlink("folder", folder_ / "link");
  for (const std::string name : {"folder", "link"}) {
    EXPECT_EQ(refusal(name), (folder_ / name).string() + ": cannot write: it is a folder");
  }
  EXPECT_EQ(refusal("absent/file"), (folder_ / "absent/file").string() +
                                        ": cannot write: " + (folder_ / "absent").string() +
                                        ": No such file or directory");
}

TEST_F(CliOutputTest, AFileThatMayNotBeWrittenIsRefused) {
  constexpr uid_t kNobody = 65534;  // root may write everything
  write_file(folder_ / "file", "text");
  fs::permissions(folder_ / "file", fs::perms::owner_read);
  const auto asked = [&] {
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) std::_Exit(1);
    std::fputs(refusal("file").c_str(), stderr);
    std::_Exit(0);
  };
  EXPECT_EXIT(asked(), testing::ExitedWithCode(0),
              (folder_ / "file").string() + ": cannot write: Permission denied");
}

TEST_F(CliOutputTest, AReadOnlyDiskIsNamedAsTheReason) {
  const SmallDisk disk(folder_ / "disk", "size=64k");
  if (!disk.is_mounted()) GTEST_SKIP() << "a small tmpfs needs the right to mount";
  write_file(folder_ / "disk/file", "text");
  disk.remount("ro,size=64k");
  for (const std::string name : {"disk/file", "disk/absent"}) {
    EXPECT_NE(refusal(name).find("Read-only file system"), std::string::npos) << refusal(name);
  }
  const auto finished = converted("vlmevalkit-tsv", "disk/new/rows.tsv");
  EXPECT_EQ(finished.exit_code, 3);
  EXPECT_EQ(finished.output, "mono-eval: " + (folder_ / "disk/new/rows.tsv").string() +
                                 ": cannot write: " + (folder_ / "disk/new").string() +
                                 ": Read-only file system\n");
}

TEST_F(CliOutputTest, AFullStandardErrorChangesNothingElse) {
  ASSERT_EQ(converted("vlmevalkit-tsv", "rows.tsv").exit_code, 0);
  const auto scored = run_command(std::string(MONO_EVAL_BINARY)
                                      .append(" score --task mme --profile vek --predictions ")
                                      .append((folder_ / "rows.tsv").string())
                                      .append(" 2>/dev/full"));
  EXPECT_EQ(scored.exit_code, 4) << scored.output;  // one category alone has no sum
}

}  // namespace
}  // namespace mono::tests
