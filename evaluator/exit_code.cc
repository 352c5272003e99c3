#include "evaluator/exit_code.h"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <system_error>

#include "model/adapter.h"
#include "model/complain.h"

namespace mono::evaluator {

namespace {

constexpr ExitCodeMeaning kExitCodes[] = {
    {ExitCode::kFine, "fine"},
    {ExitCode::kInternalError, "internal error: a fault of this program"},
    {ExitCode::kUsage,
     "usage: a verb, flag, task or profile that does not exist, a model without published numbers"},
    {ExitCode::kSetup,
     "set-up: data, weights, a device or a folder that cannot be used, runs that cannot be "
     "compared or judged"},
    {ExitCode::kIncomplete,
     "incomplete: more rows failed than --error-limit, or score left rows without one"},
    {ExitCode::kRegression,
     "regression: compare found one, or trace --compare a stage that differs"},
    {ExitCode::kInterrupted,
     "interrupted: the same `run` goes on where it stopped; `bench` tells the rounds it has, from "
     "the second on"},
};

volatile std::sig_atomic_t stop_signal = 0;

void on_signal(int signal) {
  stop_signal = signal;
}

}  // namespace

std::span<const ExitCodeMeaning> exit_codes() {
  return kExitCodes;
}

std::string exit_code_list() {
  std::string list = "Exit codes:";
  for (const auto& [code, meaning] : kExitCodes) {
    list += fmt::format("\n  {:>3}  {}", static_cast<int>(code), meaning);
  }
  return list;
}

ExitCode guarded(const std::function<ExitCode()>& verb) {
  try {
    return verb();
  } catch (const model::UsageError& error) {
    model::complain("mono-eval: {}\n", error.what());
    return ExitCode::kUsage;
  } catch (const model::SetupError& error) {
    model::complain("mono-eval: {}\n", error.what());
    return ExitCode::kSetup;
  } catch (const std::system_error& error) {  // std::filesystem's, and a full standard output's
    model::complain("mono-eval: {}\n", error.what());
    return ExitCode::kSetup;
  } catch (const std::exception& error) {
    model::complain("mono-eval: internal error: {}\n", error.what());
    return ExitCode::kInternalError;
  }
}

void flush_output() {
  if (std::fflush(stdout) != 0) model::fail("standard output: ", std::strerror(errno));
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
