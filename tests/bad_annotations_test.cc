// COCO-format data: an annotation or a picture that cannot be used is one failed row.

#include <gtest/gtest.h>

#include <fstream>

#include "tasks/reader/reader.h"
#include "tests/expect_error.h"
#include "tests/named_task.h"
#include "tests/temporary_folder.h"

namespace mono::tasks {
namespace {

using Texts = std::vector<std::string>;

/// Three pictures with a caption each.
struct CocoFile {
  Texts pictures{};
  Texts annotations{};
};

CocoFile whole_file() {
  CocoFile file;
  const auto add = [&](const std::string& id) {
    file.pictures.push_back(R"({"id": )" + id + R"(, "file_name": ")" + id + R"(.jpg"})");
    file.annotations.push_back(R"({"image_id": )" + id + R"(, "id": 0, "caption": "a dog"})");
  };
  for (const auto* const id : {"1", "2", "3"}) add(id);
  return file;
}

std::string list_of(const Texts& elements) {
  std::string text;
  for (const auto& element : elements) text += (text.empty() ? "" : ", ") + element;
  return "[" + text + "]";
}

/// Why rows failed, one text a failed row.
Texts faults(const CocoFile& file, size_t num_rows) {
  const tests::TemporaryFolder folder;
  for (const auto* const id : {"1", "2", "3"}) {
    folder.write("images/" + std::string(id) + ".jpg", "picture");
  }
  const auto path = folder.write("nocaps_val_4500_captions.json",
                                 R"({"info": {"a": 1}, "images": )" + list_of(file.pictures) +
                                     R"(, "annotations": )" + list_of(file.annotations) + "}");
  const tests::NamedTask task("nocaps");
  Texts faults;
  const auto samples = read_samples(path, task, task.profile("ivl")).samples;
  EXPECT_EQ(samples.size(), num_rows);
  for (const auto& sample : samples) {
    if (!sample->fault.empty()) faults.push_back(sample->id + " " + sample->fault);
  }
  return faults;
}

TEST(BadAnnotationsTest, AWholeFileHasNoFault) {
  EXPECT_EQ(faults(whole_file(), 3), Texts());
}

TEST(BadAnnotationsTest, AnAnnotationThatCannotBeUsedFailsItsRow) {
  for (const std::string bad : {R"({"image_id": 2})", R"({"image_id": 2, "caption": null})",
                                R"({"image_id": 2, "caption": {}})"}) {
    auto file = whole_file();
    file.annotations[1] = bad;
    const auto failed = faults(file, 3);
    ASSERT_EQ(failed.size(), 1U) << bad;
    tests::expect_parts(failed[0], {"2 ", "captions.json: element 1", "'caption'"});
  }
}

TEST(BadAnnotationsTest, AnAnnotationThatDoesNotSayWhoseItIsIsAFailedRow) {
  for (const std::string bad :
       {R"({"caption": "a cat"})", R"({"image_id": null, "caption": "a cat"})", "null", "[1]"}) {
    auto file = whole_file();
    file.annotations.push_back(bad);
    const auto failed = faults(file, 4);
    ASSERT_EQ(failed.size(), 1U) << bad;
    tests::expect_parts(failed[0], {"captions.json: element 3: ", "expected "});
  }
}

TEST(BadAnnotationsTest, APictureThatIsNoObjectIsAFailedRow) {
  for (const std::string bad : {"null", "7", "[1]"}) {
    auto file = whole_file();
    file.pictures.insert(file.pictures.begin() + 1, bad);
    const auto failed = faults(file, 4);
    ASSERT_EQ(failed.size(), 1U) << bad;
    tests::expect_parts(failed[0], {"captions.json: element 1: expected a JSON object"});
  }
}

}  // namespace
}  // namespace mono::tasks
