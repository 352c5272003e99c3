// Files of recorded judge replies, from their bytes to a judge that repeats them. The first byte
// chooses the task, the second whether it is the only one.

#include "tasks/reader/judge_replies.h"
#include "tests/fuzz/input.h"

using mono::fuzz::allow_refusal;

namespace {

namespace t = mono::tasks;

/// Every reply on record can be had, once more than there are attempts on record.
void ask_all(const std::vector<t::JudgeRecord>& records) {
  t::RecordedJudge judge(records);
  for (const auto& record : records) {
    for (size_t attempt = 0; attempt <= record.replies.size(); ++attempt) {
      t::JudgeCall call{.sample_id = record.sample_id,
                        .prompt = "vek-yorn",
                        .slots = {"question", "answer"},
                        .attempt = static_cast<int>(attempt)};
      call.run = record.run;
      const auto exchange = judge.ask(call);
      mono::fuzz::require(exchange.has_value());
    }
  }
  mono::fuzz::require(records.empty() || judge.num_answered() > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  const auto [task, profile] = mono::fuzz::choose(data[0], 0);
  const mono::fuzz::MemoryFile file({reinterpret_cast<const char*>(data) + 2, size - 2});
  allow_refusal([&, &task = task, is_only_task = data[1] % 2 == 0] {
    const auto records = t::read_judge_records(file.path(), task.name(), is_only_task);
    for (const auto& record : records) {
      mono::fuzz::require(!record.replies.empty() && record.run >= 0);
    }
    ask_all(records);
  });
  return 0;
}
