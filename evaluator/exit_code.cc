#include "evaluator/exit_code.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>

#include "model/adapter.h"

namespace mono::evaluator {

namespace {

volatile std::sig_atomic_t stop_signal = 0;

void on_signal(int signal) {
  stop_signal = signal;
}

}  // namespace

ExitCode guarded(const std::function<ExitCode()>& verb) {
  try {
    return verb();
  } catch (const model::UsageError& error) {
    fmt::print(stderr, "mono-eval: {}\n", error.what());
    return ExitCode::kUsage;
  } catch (const model::SetupError& error) {
    fmt::print(stderr, "mono-eval: {}\n", error.what());
    return ExitCode::kSetup;
  } catch (const std::filesystem::filesystem_error& error) {
    fmt::print(stderr, "mono-eval: {}\n", error.what());
    return ExitCode::kSetup;
  } catch (const std::exception& error) {
    fmt::print(stderr, "mono-eval: internal error: {}\n", error.what());
    return ExitCode::kInternalError;
  }
}

void stop_on_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  // SA_RESETHAND: a second Ctrl-C ends the program at once.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool stop_requested() {
  return stop_signal != 0;
}

}  // namespace mono::evaluator
