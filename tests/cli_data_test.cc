// Damaged data, wrong names and full disks through the real program.

#include <zlib.h>

#include <algorithm>
#include <string>

#include "tests/base64_text.h"
#include "tests/program.h"
#include "tests/small_disk.h"

namespace mono::tests {
namespace {

class CliDataTest : public ProgramTest {
 protected:
  void copy_internvl_rows() const {
    std::filesystem::create_directories(folder_ / "data");
    std::filesystem::copy(rows_ / "data/textvqa", folder_ / "data/textvqa",
                          std::filesystem::copy_options::recursive);
  }

  std::string output() const { return (folder_ / "runs").string(); }

  Finished run_on(const std::filesystem::path& data, const std::string& task,
                  const std::string& more = "") const {
    return run_mono_eval("run --model small=" + checkpoint_.string() + " --tasks " + task +
                         " --data " + data.string() + " --output-path " + output() +
                         " --max-new-tokens 4 " + more);
  }
};

void expect_message(const Finished& finished, int exit_code, const std::string& first,
                    const std::string& second = "") {
  EXPECT_EQ(finished.exit_code, exit_code) << finished.output;
  EXPECT_NE(finished.output.find(first), std::string::npos) << finished.output;
  EXPECT_NE(finished.output.find(second), std::string::npos) << finished.output;
}

TEST_F(CliDataTest, UnknownTaskListsTheKnownOnes) {
  expect_message(run_on(rows_, "sqa"), 2, "'sqa'", "textvqa");
}

TEST_F(CliDataTest, UnknownProfileListsTheKnownOnes) {
  expect_message(run_on(rows_, "textvqa", "--profile lmms"), 2, "'lmms'", "vek-2024");
}

TEST_F(CliDataTest, UnknownModelNamesThePath) {
  expect_message(
      run_mono_eval("run --model a=/no/such/folder --tasks textvqa --data " + rows_.string()), 3,
      "/no/such/folder");
  expect_message(run_mono_eval("run --model nonsense --tasks textvqa --data " + rows_.string()), 2,
                 "NAME=PATH");
}

TEST_F(CliDataTest, UnknownVerbAndFlagAreUsageErrors) {
  EXPECT_EQ(run_mono_eval("fly").exit_code, 2);
  EXPECT_EQ(run_mono_eval("ls tasks --nonsense").exit_code, 2);
  EXPECT_EQ(run_mono_eval("").exit_code, 2);
  EXPECT_EQ(run_mono_eval("--help").exit_code, 0);
}

TEST_F(CliDataTest, EmptyDataFile) {
  write_file(folder_ / "data/TextVQA_VAL.tsv", "");
  expect_message(run_on(folder_ / "data", "textvqa"), 3, "TextVQA_VAL.tsv");
  write_file(folder_ / "data/TextVQA_VAL.tsv", "index\timage\tquestion\tanswer\n");
  expect_message(run_on(folder_ / "data", "textvqa"), 3, "TextVQA_VAL.tsv");
}

TEST_F(CliDataTest, DataFolderWithoutTheTask) {
  std::filesystem::create_directories(folder_ / "data");
  expect_message(run_on(folder_ / "data", "ocrbench"), 3, "ocrbench", "no data");
}

TEST_F(CliDataTest, BrokenBase64FailsItsRowAndKeepsTheOthers) {
  auto text = read_file(rows_ / "OCRBench.tsv");
  const auto second = text.find("\n1\t");
  ASSERT_NE(second, std::string::npos);
  text[second + 100] = '!';
  write_file(folder_ / "data/OCRBench.tsv", text);
  const auto finished = run_on(folder_ / "data", "ocrbench", "--limit 3 --profile vek");
  expect_message(finished, 4, "1 rows failed");
  const auto samples = read_file(output() + "/small/ocrbench.vek/samples.jsonl");
  EXPECT_NE(samples.find("OCRBench.tsv"), std::string::npos);
  EXPECT_NE(samples.find("base64"), std::string::npos);
  EXPECT_EQ(
      run_on(folder_ / "data", "ocrbench", "--limit 3 --profile vek --error-limit 1").exit_code, 0);
}

TEST_F(CliDataTest, MissingImageFileFailsItsRow) {
  copy_internvl_rows();
  std::filesystem::remove(folder_ / "data/textvqa/train_images/1745.jpg");
  const auto finished = run_on(folder_ / "data", "textvqa", "--profile ivl");
  expect_message(finished, 4, "1 rows failed");
  EXPECT_NE(read_file(output() + "/small/textvqa.ivl/samples.jsonl").find("1745.jpg"),
            std::string::npos);
}

TEST_F(CliDataTest, AMissingFileOfAnnotationsIsNamedOnceUnlessTheRowsHoldTheAnswers) {
  copy_internvl_rows();
  const auto file = folder_ / "data/textvqa/textvqa_val_annotations.json";
  std::filesystem::remove(file);
  expect_message(run_on(folder_ / "data", "textvqa", "--profile ivl"), 3,
                 file.string() + ": no such file; the rows of ",
                 "cannot be used without it: column 'answer': expected 10 references, got 1");
  write_file(folder_ / "data/textvqa/textvqa_val.jsonl",
             R"({"image": "train_images/1.jpg", "question": "what?", "question_id": 1,)"
             R"( "answers": ["a", "a", "a", "a", "a", "a", "a", "a", "a", "a"]})"
             "\n");
  EXPECT_EQ(run_on(folder_ / "data", "textvqa", "--profile ivl").exit_code, 0);
}

TEST_F(CliDataTest, JsonLinesCutInTheMiddleNameTheLine) {
  copy_internvl_rows();
  const auto file = folder_ / "data/textvqa/textvqa_val.jsonl";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 20);
  expect_message(run_on(folder_ / "data", "textvqa", "--profile ivl"), 4, "textvqa_val.jsonl:4",
                 "ends within a row");
}

TEST_F(CliDataTest, OutputThatCannotBeWritten) {
  write_file(folder_ / "runs", "a file where a folder should be");
  expect_message(run_on(rows_, "textvqa", "--limit 1"), 3, "runs");
}

/// \returns the number of whole rows, header apart; fails where a line is torn.
int64_t finished_rows(const std::string& samples) {
  if (samples.empty()) return 0;
  EXPECT_TRUE(samples.starts_with("{\"header\"")) << samples.substr(0, 80);
  EXPECT_TRUE(samples.ends_with("\n")) << samples.substr(samples.size() - 80);
  return std::count(samples.begin(), samples.end(), '\n') - 1;
}

TEST_F(CliDataTest, FullDiskKeepsTheRowsThatAreFinishedAndGoesOnWhenThereIsRoom) {
  const SmallDisk disk(folder_ / "small_disk", "size=4k");
  if (!disk.is_mounted()) GTEST_SKIP() << "a small tmpfs needs the right to mount";
  const std::string task = " --tasks ocrbench --data " + rows_.string() + " --profile vek";
  const auto asked = "run --model small=" + checkpoint_.string() + task + " --max-new-tokens 4";
  const auto samples_in = [](const std::filesystem::path& folder) {
    const auto path = folder / "small/ocrbench.vek/samples.jsonl";
    return std::filesystem::exists(path) ? read_file(path) : "";
  };
  int64_t most_rows = 0;
  Finished finished{.exit_code = 3};
  for (int kilobytes = 4; finished.exit_code != 0 && kilobytes <= 1024; kilobytes *= 2) {
    disk.remount("size=" + std::to_string(kilobytes) + "k");
    finished = run_mono_eval(asked + " --output-path " + disk.folder().string());
    const auto rows = finished_rows(samples_in(disk.folder()));
    EXPECT_GE(rows, most_rows) << "finished rows were lost";
    most_rows = rows;
    if (finished.exit_code == 0) break;
    expect_message(finished, 3, "No space left on device", disk.folder().string());
  }
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_EQ(run_mono_eval(asked + " --output-path " + output()).exit_code, 0);
  EXPECT_EQ(samples_in(disk.folder()), samples_in(output()));
}

std::string big_endian(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string png_chunk(const std::string& type, const std::string& data) {
  const auto body = type + data;
  const auto crc =
      crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big_endian(static_cast<uint32_t>(data.size())) + body +
         big_endian(static_cast<uint32_t>(crc));
}

/// A black one-bit PNG of that many pixels on each side; a few kilobytes whatever its size.
std::string black_png(uint32_t side) {
  const std::string row(1 + (side + 7) / 8, '\0');
  std::string raw;
  for (uint32_t y = 0; y < side; ++y) raw += row;
  uLongf size = compressBound(raw.size());
  std::string packed(size, '\0');
  compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
            reinterpret_cast<const Bytef*>(raw.data()), raw.size(), Z_BEST_SPEED);
  packed.resize(size);
  return "\x89PNG\r\n\x1a\n" +
         png_chunk("IHDR", big_endian(side) + big_endian(side) + std::string("\1\0\0\0\0", 5)) +
         png_chunk("IDAT", packed) + png_chunk("IEND", "");
}

TEST_F(CliDataTest, PngBombIsRefusedWhereThePipelineRefusesIt) {
  const auto rows = [&](uint32_t side) {
    write_file(folder_ / "data/TextVQA_VAL.tsv", "index\timage\tquestion\tanswer\n1\t" +
                                                     base64_text(black_png(side)) +
                                                     "\twhat?\t\"['a', 'a']\"\n");
    std::filesystem::create_directories(folder_ / "data/textvqa/train_images");
    write_file(folder_ / "data/textvqa/train_images/1.png", black_png(side));
    write_file(folder_ / "data/textvqa/textvqa_val.jsonl",
               R"({"image": "data/textvqa/train_images/1.png", "question": "what?",)"
               R"( "question_id": 1, "answer": "a"})"
               "\n");
    write_file(folder_ / "data/textvqa/textvqa_val_annotations.json",
               R"({"annotations": [{"question_id": 1, "answers": [)"
               R"({"answer": "a"}, {"answer": "a"}, {"answer": "a"}, {"answer": "a"},)"
               R"({"answer": "a"}, {"answer": "a"}, {"answer": "a"}, {"answer": "a"},)"
               R"({"answer": "a"}, {"answer": "a"}]}]})");
  };
  rows(16384);
  EXPECT_EQ(run_on(folder_ / "data", "textvqa", "--profile ivl").exit_code, 4);
  EXPECT_EQ(run_on(folder_ / "data", "textvqa", "--profile vek").exit_code, 0);
  rows(48000);
  EXPECT_EQ(run_on(folder_ / "data", "textvqa", "--profile ivl --no-resume").exit_code, 4);
  EXPECT_EQ(run_on(folder_ / "data", "textvqa", "--profile vek --no-resume").exit_code, 4);
}

TEST_F(CliDataTest, SaysWhereAFileOfOneListIsCut) {
  const std::string whole = R"([{"index": 1, "answer": "Yes"}, {"index": 2, "ans)";
  write_file(folder_ / "p.json", whole);
  const auto finished = run_mono_eval("score --task docvqa --profile ivl --predictions " +
                                      (folder_ / "p.json").string());
  EXPECT_EQ(finished.exit_code, 3);
  const auto said = (folder_ / "p.json").string() + ": byte " + std::to_string(whole.size() + 1) +
                    ": expected JSON, got the end of the file behind: ";
  EXPECT_NE(finished.output.find(said), std::string::npos) << finished.output;
  EXPECT_TRUE(finished.output.ends_with("{\"index\": 2, \"ans\n")) << finished.output;
}

}  // namespace
}  // namespace mono::tests
