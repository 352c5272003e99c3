#pragma once

#include <chrono>
#include <cstdio>
#include <string>

namespace mono::evaluator {

/// Says how far a stage is: a bar on a terminal, a plain line every few seconds elsewhere.
/// Writes to standard error, so that standard output stays the result.
class Progress {
 public:
  /// \param stage  What is being done: "mono-2b ocrbench vek".
  /// \param total  Rows of the stage; `already_done` of them were finished by an earlier run.
  Progress(std::string stage, size_t total, size_t already_done = 0, std::FILE* out = stderr);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// One more row is finished.
  void advance(bool failed = false);

  /// Prints the final state and ends the line.
  void finish();

  /// The state in words: "mono-2b ocrbench: 12/1000, 3.4 samples/s, ETA 4:50".
  std::string text(double elapsed_seconds) const;

 private:
  using Clock = std::chrono::steady_clock;

  void show(bool last);
  std::string bar() const;

  std::string stage_;
  size_t total_;
  size_t done_;
  size_t started_at_;
  size_t failed_ = 0;
  std::FILE* out_;
  bool is_terminal_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_shown_{};
};

}  // namespace mono::evaluator
