// Predictions as text: tables, JSON Lines, lists, samples of other harnesses; alone and beside the
// samples of a dataset. The first two bytes choose task and profile.

#include "tasks/reader/predictions.h"
#include "tests/fuzz/input.h"

using mono::fuzz::allow_refusal;

namespace {

std::vector<std::shared_ptr<const mono::tasks::Sample>> samples() {
  std::vector<std::shared_ptr<const mono::tasks::Sample>> samples;
  for (const char* const id : {"1", "2", "v1_0", "validation_Art_1"}) {
    samples.push_back(std::make_shared<const mono::tasks::Sample>(
        mono::tasks::Sample{.id = id, .question = "q", .targets = {"a"}}));
  }
  return samples;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto kSamples = samples();
  if (size < 3) return 0;
  const auto [task, profile] = mono::fuzz::choose(data[0], data[1]);
  const mono::fuzz::MemoryFile file({reinterpret_cast<const char*>(data) + 2, size - 2});
  allow_refusal([&, &task = task, &profile = profile] {
    mono::tasks::read_predictions(file.path(), task, profile);
  });
  allow_refusal([&, &task = task, &profile = profile] {
    const auto set = mono::tasks::read_predictions(file.path(), task, profile, kSamples);
    for (size_t i = kSamples.size(); i < set.rows.size(); ++i) {
      mono::fuzz::require(!set.rows[i].error.empty());  // a row of no sample has failed
    }
  });
  return 0;
}
