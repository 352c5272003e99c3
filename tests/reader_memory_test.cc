// Memory of reading large data files: the pictures stay in the file. MONO_DATA_MEGABYTES sets the
// size of the generated files.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tasks/reader/reader.h"
#include "tests/named_task.h"
#include "tests/parquet_maker.h"
#include "tests/temporary_folder.h"

#ifdef __SANITIZE_ADDRESS__
// Freed memory is not kept for long: what is measured is what the reader holds.
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "quarantine_size_mb=1";
}
#endif

namespace mono::tests {
namespace {

constexpr int64_t kKilobytesOfPicture = 96;
constexpr int64_t kMegabyte = 1024;  // in kilobytes

/// A number of /proc/self/status, in kilobytes.
int64_t status_kilobytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with(name + ":")) return std::stoll(line.substr(name.size() + 1));
  }
  ADD_FAILURE() << "no " << name << " in /proc/self/status";
  return 0;
}

/// Starts the peak of resident memory anew.
void reset_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

int64_t megabytes(int64_t usual) {
  const char* const text = std::getenv("MONO_DATA_MEGABYTES");
  return text == nullptr ? usual : std::stoll(text);
}

/// Four kilobytes of base64 a line of pictures: `kKilobytesOfPicture` of them a row.
std::filesystem::path write_table(const TemporaryFolder& folder, int64_t size_megabytes) {
  const auto path = folder.path() / "large.tsv";
  std::ofstream file(path, std::ios::binary);
  file << "index\timage\tquestion\tA\tB\tanswer\n";
  const std::string picture(static_cast<size_t>(kKilobytesOfPicture * 1024), 'Q');
  const int64_t num_rows = size_megabytes * kMegabyte / kKilobytesOfPicture;
  for (int64_t i = 0; i < num_rows; ++i) {
    file << i << "\t" << picture << "\tWhat is number " << i << "?\tyes\tno\tA\n";
  }
  return path;
}

struct Peak {
  int64_t resident = 0;   // kilobytes over what was there before, pages of files included
  int64_t anonymous = 0;  // without them, at the end
};

/// Reads a file and every picture in it.
Peak read_all(const std::filesystem::path& path, size_t expected_picture_bytes) {
  const NamedTask task("unknown");
  reset_peak();
  const auto before = status_kilobytes("VmHWM");
  const auto anonymous_before = status_kilobytes("RssAnon");
  const auto set = tasks::read_samples(path, task, task.profile("vek"));
  for (const auto& sample : set.samples) {
    EXPECT_EQ(sample->fault, "");
    EXPECT_EQ(sample->images.at(0).source.bytes().size(), expected_picture_bytes);
  }
  const Peak peak{status_kilobytes("VmHWM") - before,
                  status_kilobytes("RssAnon") - anonymous_before};
  std::printf(
      "%s: %lld MB, %zu rows; peak %lld kB over before with pages of files, %lld kB of "
      "memory of its own at the end\n",
      path.extension().c_str(), static_cast<long long>(std::filesystem::file_size(path) >> 20),
      set.samples.size(), static_cast<long long>(peak.resident),
      static_cast<long long>(peak.anonymous));
  return peak;
}

TEST(ReaderMemoryTest, ATableIsReadInMemoryThatDoesNotGrowWithItsPictures) {
  const TemporaryFolder folder;
  const auto small = read_all(write_table(folder, 32), kKilobytesOfPicture * 768);
  const auto large = read_all(write_table(folder, megabytes(256)), kKilobytesOfPicture * 768);
  EXPECT_LE(large.resident, small.resident + 32 * kMegabyte);
  EXPECT_LE(large.resident, 64 * kMegabyte);
}

TEST(ReaderMemoryTest, ParquetIsReadInMemoryThatDoesNotGrowWithItsPictures) {
  const TemporaryFolder folder;
  auto rows = nlohmann::json::array();
  const std::string picture(static_cast<size_t>(kKilobytesOfPicture * 1024), 'p');
  const int64_t num_rows = 64 * kMegabyte / kKilobytesOfPicture;
  for (int64_t i = 0; i < num_rows; ++i) {
    rows.push_back({{"question_id", i},
                    {"question", "q"},
                    {"image", {{"bytes", std::to_string(i) + picture}, {"path", "a.png"}}}});
  }
  const auto path = folder.path() / "large.parquet";
  write_parquet(path, rows, /*rows_per_group=*/num_rows);
  rows.clear();
  const NamedTask task("unknown");
  reset_peak();
  const auto before = status_kilobytes("VmHWM");
  for (const auto& sample : tasks::read_samples(path, task, task.profile("vek")).samples) {
    EXPECT_TRUE(sample->images.at(0).source.bytes().starts_with(sample->id + "p"));
  }
  EXPECT_LE(status_kilobytes("VmHWM") - before, 48 * kMegabyte) << "of one row group of 64 MB";
}

}  // namespace
}  // namespace mono::tests
