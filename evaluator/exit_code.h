#pragma once

#include <functional>

namespace mono::evaluator {

/// What the program tells the shell; the only place these numbers are written.
enum class ExitCode {
  kFine = 0,
  kInternalError = 1,
  kUsage = 2,          // a flag, task, profile or model that does not exist
  kSetup = 3,          // data, weights or a device that cannot be used
  kIncomplete = 4,     // more failed rows than --error-limit
  kRegression = 5,     // a comparison found one
  kInterrupted = 130,  // SIGINT or SIGTERM; what is finished is on disk, the run can be resumed
};

/// Runs a verb and turns what it throws into a message on standard error and an exit code.
ExitCode guarded(const std::function<ExitCode()>& verb);

/// From now on SIGINT and SIGTERM ask the run to stop after the row it is at.
void stop_on_signals();

/// True once such a signal came.
bool stop_requested();

}  // namespace mono::evaluator
