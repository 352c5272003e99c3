#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace mono::evaluator {

/// What the program tells the shell; the only place these numbers are written.
enum class ExitCode {
  kFine = 0,
  kInternalError = 1,
  kUsage = 2,
  kSetup = 3,
  kIncomplete = 4,
  kRegression = 5,
  kInterrupted = 130,
};

/// An exit code in words; README.md and docs/ci.md hold the same words, and a test compares them.
struct ExitCodeMeaning {
  ExitCode code = ExitCode::kFine;
  std::string_view meaning{};
};

/// All codes, in rising order.
std::span<const ExitCodeMeaning> exit_codes();

/// The codes for `--help`, a line each.
std::string exit_code_list();

/// Runs a verb and turns what it throws into a message on standard error and an exit code.
ExitCode guarded(const std::function<ExitCode()>& verb);

/// Sees to it that what was printed has arrived.
/// \throws SetupError if standard output does not take it.
void flush_output();

/// From now on SIGINT and SIGTERM ask the run to stop after the row it is at.
void stop_on_signals();

/// True once such a signal came.
bool stop_requested();

}  // namespace mono::evaluator
