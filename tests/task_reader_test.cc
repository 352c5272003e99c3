#include <gtest/gtest.h>

#include "tasks/reader/reader.h"
#include "tasks/registry.h"
#include "tests/expect_error.h"
#include "tests/task_cases.h"

namespace mono::tasks {
namespace {

using tests::expect_error;
using tests::ScratchFolder;
using Texts = std::vector<std::string>;

// 48 bytes and more, so that a cell is no reference to another row.
std::string picture(char c) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += std::string("QU") + c + "D";
  return text;
}

model::Request ask(const SampleSet& set, size_t i, const Task& task, const Profile& profile) {
  return task.request(*set.samples.at(i), profile, Registration::kV20);
}

TEST(ReaderTest, ResolvesReferencesAndDropsRowsWithoutAPicture) {
  const ScratchFolder folder;
  const auto path = folder.write(
      "t.tsv", "index\tquestion\timage\n1\tq\t" + picture('J') + "\n2\tr\t1\n3\ts\t\n");
  const auto& task = task_named("textvqa");
  const auto& profile = task.profile("vek-2024");
  const auto set = read_samples(path, task, profile);
  ASSERT_EQ(set.samples.size(), 2U);
  EXPECT_EQ(set.dropped_without_image, 1);
  const auto request = ask(set, 1, task, profile);
  EXPECT_EQ(request.images.at(0).name, "TextVQA_VAL/2.jpg");
  EXPECT_TRUE(request.images[0].reencodes_as_jpeg);
  EXPECT_FALSE(request.images[0].drops_alpha_of_gray);
  EXPECT_EQ(*request.images[0].bytes, *ask(set, 0, task, profile).images.at(0).bytes);
}

TEST(ReaderTest, DoesNotWriteAnExistingImageFileAgain) {
  const ScratchFolder folder;
  const auto path =
      folder.write("t.tsv", "index\tquestion\timage_path\timage\n1\tq\ta.png\t" + picture('J') +
                                "\n2\tr\ta.png\t" + picture('K') + "\n");
  const auto& task = task_named("ocrbench");
  const auto& vek = task.profile("vek");
  const auto now = read_samples(path, task, vek);
  EXPECT_EQ(ask(now, 1, task, vek).images[0].name, "OCRBench/a.png");
  EXPECT_EQ(*ask(now, 1, task, vek).images[0].bytes, *ask(now, 0, task, vek).images[0].bytes);
  const auto& old = task.profile("vek-2024");
  const auto then = read_samples(path, task, old);
  EXPECT_NE(*ask(then, 1, task, old).images[0].bytes, *ask(then, 0, task, old).images[0].bytes);
}

TEST(ReaderTest, ReadsSeveralPicturesOfOneRow) {
  const ScratchFolder folder;
  const auto path = folder.write("t.tsv",
                                 "index\tquestion\timage_path\timage\n1\tq <Image-1><Image-2>"
                                 "\t['a.png', 'b.jpg']\t['" +
                                     picture('J') + "', '" + picture('K') + "']\n");
  const auto& task = task_named("ocrbench");
  const auto& vek = task.profile("vek");
  const auto request = ask(read_samples(path, task, vek), 0, task, vek);
  ASSERT_EQ(request.images.size(), 2U);
  EXPECT_EQ(request.images[1].name, "OCRBench/b.jpg");
  EXPECT_TRUE(request.images[1].reencodes_as_jpeg);
  EXPECT_TRUE(request.images[1].drops_alpha_of_gray);
  EXPECT_FALSE(request.images[0].drops_alpha_of_gray);
  EXPECT_EQ(request.question,
            "Image-1: <image>\nImage-2: <image>\nq \n"
            "Answer the question using a single word or phrase.");
  const auto& old = task.profile("vek-2024");
  EXPECT_TRUE(ask(read_samples(path, task, old), 0, task, old)
                  .question.ends_with("phrase.<Image-1><Image-2>"));
}

TEST(ReaderTest, BrokenBase64FailsItsRowOnly) {
  const ScratchFolder folder;
  const auto path = folder.write(
      "t.tsv", "index\tquestion\timage\n1\tq\t" + picture('$') + "\n2\tr\t" + picture('J') + "\n");
  const auto& task = task_named("textvqa");
  const auto& profile = task.profile("ivl");
  const auto set = read_samples(path, task, profile);
  expect_error([&] { ask(set, 0, task, profile); }, {"t.tsv:2", "'image'", "broken base64"});
  EXPECT_EQ(ask(set, 1, task, profile).images.size(), 1U);
}

TEST(ReaderTest, NamesWhatIsWrongWithATable) {
  const ScratchFolder folder;
  const auto& task = task_named("textvqa");
  const auto read = [&](const std::string& text) {
    return [&folder, &task, text] {
      read_samples(folder.write("t.tsv", text), task, task.profile("vek"));
    };
  };
  expect_error(read("question\timage\nq\tx\n"), {"t.tsv:1", "'index'"});
  expect_error(read("index\timage\n1\tx\n"), {"t.tsv:1", "'question'"});
  expect_error(read("index\tquestion\n1\tx\n"), {"t.tsv:1", "'image'"});
  expect_error(read(" \n"), {"t.tsv", "blank"});
  expect_error(read("[1]"), {"t.tsv", "list of JSON objects", "number"});
  expect_error(read("index\tquestion\timage\n1\tx\t\n"), {"t.tsv", "none of 1"});
}

/// The faults of a table's rows, "" where there is none.
Texts faults_of(const std::string& text, const char* task_name = "textvqa") {
  const ScratchFolder folder;
  const auto& task = task_named(task_name);
  const auto set = read_samples(folder.write("t.tsv", text), task, task.profile("vek"));
  Texts faults;
  for (const auto& sample : set.samples) faults.push_back(sample->fault);
  return faults;
}

void expect_fault(const Texts& faults, size_t row, const std::vector<std::string>& parts) {
  ASSERT_LT(row, faults.size());
  for (const auto& part : parts) {
    EXPECT_NE(faults[row].find(part), std::string::npos) << faults[row] << "\nhas no " << part;
  }
}

TEST(ReaderTest, ABadRowIsItsOwnFaultAndTheOthersGoOn) {
  const std::string header = "index\tquestion\timage\n";
  const auto good = "1\tx\t" + picture('J') + "\n";
  const auto faults_with = [&](const std::string& row) {
    auto faults = faults_of(header + good + row);
    EXPECT_EQ(faults.front(), "");
    return faults;
  };
  expect_fault(faults_with("2\tx\t7\n"), 1, {"t.tsv:3: ", "'image'", "'7'"});
  expect_fault(faults_with("2\tx\t3\n3\ty\t2\n"), 1, {"t.tsv:3: ", "no picture of its own"});
  expect_fault(faults_with("\tx\t1\n"), 1, {"t.tsv:3: ", "id"});
  expect_fault(faults_with("2\t\xff\t1\n"), 1, {"t.tsv:3: ", "UTF-8", "'question'"});
  expect_fault(faults_with("2\tnan\t1\n"), 1, {"t.tsv:3: ", "'question'", "missing"});
  expect_fault(faults_with(good), 1, {"t.tsv:3: ", "'1' was used before", "t.tsv:2"});
}

TEST(ReaderTest, ALetterOfNoOptionIsAFaultOfItsRow) {
  const auto faults =
      faults_of("index\tquestion\tA\tB\tC\tanswer\timage\n1\tq\tx\ty\t\tB\t" + picture('J') +
                    "\n2\tq\tx\ty\t\tC\t1\n3\tq\tx\ty\t\tcat\t1\n"
                    "4\tq\tx\tNone\t\tB\t1\n5\tq\tx\ty\t\t\t1\n",
                "mmbench_en_dev");
  EXPECT_EQ(faults[0], "");
  expect_fault(faults, 1, {"t.tsv:3: ", "'answer'", "A B", "'C'"});
  expect_fault(faults, 2, {"t.tsv:4: ", "'answer'", "'cat'"});
  EXPECT_EQ(faults[3], "") << "pandas hides the option, the file has it";
  expect_fault(faults, 4, {"t.tsv:6: ", "'answer'", "missing"});
}

TEST(ReaderTest, AMissingAnswerIsAFaultOfItsRowWhereOthersOfItsSplitHaveOne) {
  const std::string header = "index\tquestion\tanswer\tsplit\timage\n";
  const auto row = [](const std::string& id, const std::string& answer, const std::string& split) {
    return id + "\tq\t" + answer + "\t" + split + "\t" + picture('J') + "\n";
  };
  const auto faults =
      faults_of(header + row("1", "x", "val") + row("2", "", "val") + row("3", "NA", "val") +
                    row("4", "", "test") + row("5", "[]", "val"),
                "gqa");
  EXPECT_EQ(faults[0], "");
  expect_fault(faults, 1, {"t.tsv:3: ", "'answer'", "missing"});
  EXPECT_EQ(faults[2], "") << "pandas hides the text, the file has it";
  EXPECT_EQ(faults[3], "") << "the test split keeps its answers back";
  expect_fault(faults, 4, {"t.tsv:6: ", "'answer'", "missing"});
}

TEST(ReaderTest, ReadsInternVlsJsonLinesWithTheirAnnotations) {
  const ScratchFolder folder;
  const auto path = folder.write(
      "v.jsonl", R"({"image": "i/1.jpg", "question": "q", "question_id": 5, "answer": "x"})"
                 "\n");
  folder.write(
      "v_annotations.json",
      R"({"annotations": [{"question_id": 5, "answers": [{"answer": "a"}, {"answer": "b"}]}]})");
  const auto& task = task_named("textvqa");
  const auto set = read_samples(path, task, task.profile("ivl"));
  EXPECT_EQ(set.samples.at(0)->targets, (Texts{"a", "b"}));
  EXPECT_EQ(set.samples[0]->id, "5");
  const auto request = ask(set, 0, task, task.profile("ivl"));
  EXPECT_EQ(request.question, "q Answer the question using a single word or phrase.");
  EXPECT_EQ(request.images.at(0).path, folder.path() / "i/1.jpg");
}

TEST(ReaderTest, ABadJsonLineIsItsOwnFaultAndTheOthersGoOn) {
  const ScratchFolder folder;
  const auto& task = task_named("textvqa");
  const std::string good = R"({"image": "1.jpg", "question": "q", "question_id": 5})"
                           "\n";
  const auto fault_of = [&](const std::string& line) {
    const auto path = folder.write("v.jsonl", good + line + "\n");
    const auto set = read_samples(path, task, task.profile("ivl"));
    EXPECT_EQ(set.samples.at(0)->fault, "");
    return Texts{set.samples.at(1)->fault};
  };
  expect_fault(fault_of(R"({"image": "1.j)"), 0, {"v.jsonl:2: ", "expected JSON"});
  expect_fault(fault_of("5"), 0, {"v.jsonl:2: ", "object"});
  const auto cut = folder.write("cut.jsonl", good + R"({"image": "1.j)");
  expect_fault({read_samples(cut, task, task.profile("ivl")).samples.at(1)->fault}, 0,
               {"cut.jsonl:2: ", "ends within a row"});
  expect_fault(fault_of(R"({"image": "1.jpg", "question": "q"})"), 0, {"v.jsonl:2: ", "id"});
  expect_fault(fault_of(R"({"question": "q", "question_id": 6})"), 0, {"v.jsonl:2: ", "'image'"});
  expect_fault(fault_of(R"({"image": {}, "question": "q", "question_id": 6})"), 0,
               {"v.jsonl:2: ", "'image'", "object"});
  expect_fault(fault_of(R"({"image": "1.jpg", "question": NaN, "question_id": 6})"), 0,
               {"v.jsonl:2: ", "expected JSON", "NaN"});
  expect_fault(fault_of("{\"image\": \"1.jpg\", \"question\": \"\xff\", \"question_id\": 6}"), 0,
               {"v.jsonl:2: ", "UTF-8"});
  expect_fault(fault_of(R"({"image": "1.jpg", "question": null, "question_id": 6})"), 0,
               {"v.jsonl:2: ", "'question'", "missing"});
  expect_fault(fault_of(R"({"image": "1.jpg", "question": "q", "question_id": 5})"), 0,
               {"v.jsonl:2: ", "used before", "v.jsonl:1"});
  folder.write("v_annotations.json",
               R"({"annotations": [{"question_id": 5, "answers": ["a", "a", "a", "a", "a", "a",)"
               R"( "a", "a", "a", "a"]}]})");
  expect_fault(fault_of(R"({"image": "1.jpg", "question": "q", "question_id": 7})"), 0,
               {"v.jsonl:2: ", "'7'", "annotations"});
}

}  // namespace
}  // namespace mono::tasks
