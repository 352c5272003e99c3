#include "tasks/reader/named_file.h"

#include <gtest/gtest.h>

#include "tasks/reader/reader.h"
#include "tasks/registry.h"
#include "tests/expect_error.h"
#include "tests/task_cases.h"

namespace mono::tasks {
namespace {

const std::string kLongName = std::string(5000, 'n') + ".jpg";

TEST(NamedFileTest, ANameTheSystemRefusesIsNotThere) {
  const tests::ScratchFolder folder;
  EXPECT_FALSE(is_there(folder.path() / kLongName));
  EXPECT_TRUE(is_there(folder.write("a.jpg", "x")));
}

/// Reads one row and then its picture.
void expect_picture_missing(const std::filesystem::path& data, const std::string& profile) {
  const auto& task = task_named("textvqa");
  const auto set = read_samples(data, task, task.profile(profile));
  ASSERT_EQ(set.samples.at(0)->fault, "");
  tests::expect_error([&] { set.samples[0]->images.at(0).source.bytes(); },
                      {"nnn.jpg", "cannot open"});
}

TEST(NamedFileTest, APictureOfSuchANameFailsItsRow) {
  const tests::ScratchFolder folder;
  expect_picture_missing(folder.write("v.jsonl", R"({"image": ")" + kLongName +
                                                     R"(", "question": "q", "question_id": 5})"
                                                     "\n"),
                         "ivl");
  expect_picture_missing(
      folder.write("TextVQA_VAL.tsv",
                   "index\timage_path\tquestion\tanswer\n1\t" + kLongName + "\tq\t['a', 'b']\n"),
      "vek");
}

}  // namespace
}  // namespace mono::tasks
