// The same rows of each benchmark as VLMEvalKit's TSV, in InternVL's folders and as Hugging Face's
// Parquet files give the same samples, whatever the profile.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "tasks/reader/layouts.h"
#include "tasks/reader/reader.h"
#include "tests/named_task.h"
#include "tests/parquet_maker.h"
#include "tests/reader_cases.h"
#include "tests/temporary_folder.h"

namespace mono::tests {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& content) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

std::string file_text(const std::string& name, const ordered_json& content,
                      const ordered_json& tsv) {
  if (content == "TSV") return tsv_text(tsv);
  if (content.is_number()) return picture(content.get<int>());
  if (content.is_string()) return content.get<std::string>();
  if (!name.ends_with(".jsonl")) return content.dump(1);
  std::string lines;
  for (const auto& row : content) lines += row.dump() + "\n";
  return lines;
}

/// {"picture": 2, "path": ...} becomes what a dataset stores: bytes and path.
nlohmann::json with_bytes(const ordered_json& value) {
  if (value.is_array()) {
    auto list = nlohmann::json::array();
    for (const auto& element : value) list.push_back(with_bytes(element));
    return list;
  }
  if (!value.is_object()) return nlohmann::json::parse(value.dump());
  auto object = nlohmann::json::object();
  for (const auto& [name, inner] : value.items()) {
    if (name == "picture") {
      object["bytes"] = picture(inner.get<int>());
    } else {
      object[name] = with_bytes(inner);
    }
  }
  return object;
}

/// Everything of a sample, in words.
std::string text_of(const tasks::Sample& sample) {
  nlohmann::ordered_json json = {{"id", sample.id},
                                 {"fault", sample.fault},
                                 {"question", sample.question},
                                 {"hint", sample.hint.value_or("(none)")},
                                 {"targets", sample.targets},
                                 {"category", sample.category},
                                 {"l2_category", sample.l2_category},
                                 {"split", sample.split}};
  for (const auto& choice : sample.choices) {
    json["choices"][std::string(1, choice.letter)] = choice.text;
  }
  for (const auto& image : sample.images) {
    const auto path = image.source.path();
    json["images"].push_back({image.name, path.empty() ? image.source.bytes() : [&] {
                                std::ifstream file(path, std::ios::binary);
                                return std::string(std::istreambuf_iterator<char>(file), {});
                              }()});
  }
  for (const auto& [name, cell] : sample.cells) {
    json["cells"].push_back({name, cell.index(), tasks::cell_text(cell)});
  }
  return json.dump(1);
}

std::vector<std::string> samples_in(const fs::path& folder, const std::string& task_name,
                                    const tasks::Profile& profile) {
  const NamedTask task(task_name);
  const auto found = tasks::find_samples(folder, task, profile);
  if (found.size() != 1) model::fail(folder.string(), ": ", found.size(), " datasets found");
  std::vector<std::string> texts;
  for (const auto& sample : tasks::read_samples(found.front(), task, profile).samples) {
    texts.push_back(text_of(*sample));
  }
  return texts;
}

class ThreeReadersTest : public testing::TestWithParam<ReaderCase> {
 protected:
  void SetUp() override {
    const auto& forms = GetParam().forms;
    task_ = forms.at("task").get<std::string>();
    write(folder_.path() / "tsv" / (task_ + ".tsv"), tsv_text(forms.at("tsv")));
    const auto internvl = forms.value("internvl", ordered_json::object());
    const auto parquet = forms.value("parquet", ordered_json::object());
    for (const auto& [name, content] : internvl.items()) {
      write(folder_.path() / "internvl" / name, file_text(name, content, forms["tsv"]));
    }
    for (const auto& [name, rows] : parquet.items()) {
      write_parquet(folder_.path() / "parquet" / name, with_bytes(rows), /*rows_per_group=*/1);
    }
  }

  std::vector<std::string> samples(const std::string& form, const tasks::Profile& profile) const {
    const bool has_path = form == "internvl" && GetParam().forms.contains("path");
    const auto path = has_path ? GetParam().forms["path"].get<std::string>() : "";
    return samples_in(folder_.path() / form / path, task_, profile);
  }

  TemporaryFolder folder_;
  std::string task_;
};

TEST_P(ThreeReadersTest, GiveTheSameSamples) {
  const NamedTask task(task_);
  for (const auto& profile : task.profiles()) {
    const auto expected = samples("tsv", profile);
    ASSERT_EQ(expected.size(), GetParam().forms["tsv"].size());
    for (const char* const form : {"internvl", "parquet"}) {
      if (!GetParam().forms.contains(form)) continue;
      const auto actual = samples(form, profile);
      EXPECT_EQ(actual, expected) << form << ", profile " << profile.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, ThreeReadersTest, testing::ValuesIn(reader_cases()));

TEST(ReaderCasesTest, HoldEachBenchmark) {
  ASSERT_FALSE(tasks::all_layouts().empty());
  std::map<std::string, int> count;
  for (const auto& test : reader_cases()) ++count[test.forms.at("task").get<std::string>()];
  for (const auto& layout : tasks::all_layouts()) {
    const bool only_answers_differ = layout.task == "infovqa" || layout.task == "mmbench_en";
    EXPECT_TRUE(only_answers_differ || count.contains(std::string(layout.task))) << layout.task;
  }
}

}  // namespace
}  // namespace mono::tests
