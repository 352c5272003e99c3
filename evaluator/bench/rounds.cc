#include "evaluator/bench/rounds.h"

#include <csignal>
#include <optional>

namespace mono::bench {
namespace {

volatile std::sig_atomic_t is_told_to_end = 0;

/// Notes a SIGTERM as long as it lives.
class SignalNote {
 public:
  SignalNote() {
    is_told_to_end = 0;
    struct sigaction action = {};
    action.sa_handler = [](int) { is_told_to_end = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGTERM, &action, &before_);
  }
  ~SignalNote() { sigaction(SIGTERM, &before_, nullptr); }
  SignalNote(const SignalNote&) = delete;
  SignalNote& operator=(const SignalNote&) = delete;

 private:
  struct sigaction before_ = {};
};

}  // namespace

void take_rounds(int num_rounds, const std::function<void(int)>& round) {
  if (num_rounds > 0) round(0);
  const SignalNote note;
  for (int i = 1; i < num_rounds && is_told_to_end == 0; ++i) round(i);
}

}  // namespace mono::bench
