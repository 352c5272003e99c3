#include "evaluator/bench/rounds.h"

#include <fmt/format.h>

#include <array>
#include <csignal>

#include "evaluator/bench/status_line.h"
#include "model/complain.h"

namespace mono::bench {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM};

volatile std::sig_atomic_t is_told_to_end = 0;
std::array<struct sigaction, kSignals.size()> before;  // what the signals did

void restore_signals() {
  for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before[i], nullptr);
}

/// Notes the first signal as long as it lives.
class SignalNote {
 public:
  SignalNote() {
    is_told_to_end = 0;
    struct sigaction action = {};
    action.sa_handler = [](int) {
      is_told_to_end = 1;
      restore_signals();
    };
    for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], nullptr, &before[i]);
    for (const int signal : kSignals) sigaction(signal, &action, nullptr);
  }
  ~SignalNote() { restore_signals(); }
  SignalNote(const SignalNote&) = delete;
  SignalNote& operator=(const SignalNote&) = delete;
};

}  // namespace

void take_rounds(int num_rounds, const std::function<void(int)>& round,
                 const std::function<std::string(int)>& name_of) {
  StatusLine status;
  int complete = 0;
  const auto take = [&] {
    const auto name = name_of ? name_of(complete) : "round";
    status.show(fmt::format("{} {} of {}", name, complete + 1, num_rounds));
    round(complete);
    ++complete;
  };
  if (num_rounds > 0) take();
  const SignalNote note;
  while (complete < num_rounds && is_told_to_end == 0) take();
  if (complete < num_rounds) {
    model::complain("bench: told to end behind {} of {} rounds\n", complete, num_rounds);
  }
}

}  // namespace mono::bench
