// Rows of a Parquet file: the input is JSON, a list of rows, which Arrow writes and our reader
// reads. Arrow's own reading of damaged files is fuzzed by its project. The first two bytes choose
// task and profile.

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "tasks/reader/reader.h"
#include "tests/fuzz/input.h"
#include "tests/parquet_maker.h"

using mono::fuzz::allow_refusal;
using nlohmann::json;

namespace {

bool is_rows(const json& rows) {
  if (!rows.is_array() || rows.empty() || rows.size() > 64) return false;
  for (const auto& row : rows) {
    if (!row.is_object() || row.empty()) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  const auto [task, profile] = mono::fuzz::choose(data[0], data[1]);
  const auto rows = json::parse(data + 2, data + size, nullptr, /*allow_exceptions=*/false);
  if (!is_rows(rows)) return 0;
  static const std::filesystem::path path =
      "/dev/shm/mono-parquet-fuzz." + std::to_string(getpid()) + ".parquet";
  bool is_written = false;
  allow_refusal([&] {
    mono::tests::write_parquet(path, rows, /*rows_per_group=*/2);
    is_written = true;
  });
  if (is_written) {
    allow_refusal([&, &task = task, &profile = profile] {
      const auto set = mono::tasks::read_samples(path, task, profile);
      for (const auto& sample : set.samples) {
        for (const auto& image : sample->images) {
          allow_refusal([&] { image.source.bytes(); });
        }
      }
    });
  }
  unlink(path.c_str());
  return 0;
}
