// Spreadsheets of predictions, read alone and beside the samples of a dataset, and scored. The
// first two bytes choose task and profile. The pieces behind them are the parts of the package:
// sheet, shared texts, workbook, relations; where the letters PK stand there, it is a package
// itself.

#include <unistd.h>
#include <zip.h>

#include "tasks/reader/predictions.h"
#include "tests/fuzz/input.h"

namespace {

namespace t = mono::tasks;

constexpr const char* kWorkbook =
    R"(<workbook xmlns:r="r"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>)";
constexpr const char* kRelations =
    R"(<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>)";

void add(zip_t* archive, const char* name, const std::string& content) {
  zip_source_t* const source = zip_source_buffer(archive, content.data(), content.size(), 0);
  const auto index = zip_file_add(archive, name, source, ZIP_FL_OVERWRITE);
  mono::fuzz::require(index >= 0);
  zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
}

void write_package(const std::string& path, std::vector<std::string> parts) {
  parts.resize(4);
  if (parts[2].empty()) parts[2] = kWorkbook;
  if (parts[3].empty()) parts[3] = kRelations;
  int error = 0;
  zip_t* const archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  mono::fuzz::require(archive != nullptr);
  add(archive, "xl/worksheets/sheet1.xml", parts[0]);
  if (!parts[1].empty()) add(archive, "xl/sharedStrings.xml", parts[1]);
  add(archive, "xl/workbook.xml", parts[2]);
  add(archive, "xl/_rels/workbook.xml.rels", parts[3]);
  mono::fuzz::require(zip_close(archive) == 0);
}

std::vector<std::shared_ptr<const t::Sample>> samples() {
  std::vector<std::shared_ptr<const t::Sample>> samples;
  for (const char* const id : {"1", "2"}) {
    samples.push_back(std::make_shared<const t::Sample>(
        t::Sample{.id = id, .question = "q", .choices = {{'A', "x"}}, .targets = {"A"}}));
  }
  return samples;
}

void read(const std::filesystem::path& path, const mono::fuzz::Choice& choice) {
  static const auto kSamples = samples();
  const auto& [task, profile] = choice;
  for (const bool has_samples : {false, true}) {
    mono::fuzz::allow_refusal([&, &task = task, &profile = profile] {
      auto set =
          t::read_predictions(path, task, profile, has_samples ? kSamples : decltype(samples()){});
      const auto scoring = t::scoring_profile(profile, set);
      t::score_rows(task, scoring, set.rows);
      for (const auto& row : set.rows) mono::fuzz::require(row.error.empty() || !row.score);
    });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  const auto choice = mono::fuzz::choose(data[0], data[1]);
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  if (input.starts_with("PK")) {
    const mono::fuzz::MemoryFile file(input);
    read(file.path(), choice);
    return 0;
  }
  static const auto path = "/dev/shm/mono-sheet-fuzz." + std::to_string(getpid()) + ".xlsx";
  write_package(path, mono::fuzz::pieces(data + 2, size - 2));
  read(path, choice);
  unlink(path.c_str());
  return 0;
}
