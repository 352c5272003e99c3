// Spreadsheets of predictions. The input's pieces are the parts of the package: sheet, shared
// texts, workbook, relations; an input that begins with the letters PK is a package itself.

#include <unistd.h>
#include <zip.h>

#include "tasks/reader/predictions.h"
#include "tests/fuzz/input.h"

namespace {

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

void read(const std::filesystem::path& path) {
  const auto [task, profile] = mono::fuzz::choose(0, 0);
  mono::fuzz::allow_refusal([&, &task = task, &profile = profile] {
    mono::tasks::read_predictions(path, task, profile);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.starts_with("PK")) {
    const mono::fuzz::MemoryFile file(input);
    read(file.path());
    return 0;
  }
  static const auto path = "/dev/shm/mono-sheet-fuzz." + std::to_string(getpid()) + ".xlsx";
  write_package(path, mono::fuzz::pieces(data, size));
  read(path);
  unlink(path.c_str());
  return 0;
}
