#include "tasks/judge.h"

namespace mono::tasks {
namespace {

class NoJudge final : public Judge {
 public:
  bool is_present() const override { return false; }
  std::optional<JudgeExchange> ask(const JudgeCall& /*call*/) override { return std::nullopt; }
};

}  // namespace

Judge& no_judge() {
  static NoJudge judge;
  return judge;
}

}  // namespace mono::tasks
