// InternVL's JSON files, lines, lists and objects: from the bytes of a file to what a model is
// asked. The first two bytes choose task and profile.

#include "tasks/reader/reader.h"
#include "tests/fuzz/input.h"

using mono::fuzz::allow_refusal;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  const auto [task, profile] = mono::fuzz::choose(data[0], data[1]);
  if (data[2] != '{' && data[2] != '[') return 0;  // tsv_fuzz reads those
  const mono::fuzz::MemoryFile file({reinterpret_cast<const char*>(data) + 2, size - 2});
  allow_refusal([&, &task = task, &profile = profile] {
    const auto set = mono::tasks::read_samples(file.path(), task, profile);
    for (const auto& sample : set.samples) {
      if (!sample->fault.empty()) continue;
      allow_refusal([&] { task.request(*sample, profile, mono::tasks::Registration::kV20); });
    }
  });
  return 0;
}
