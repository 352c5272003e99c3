#pragma once

#include <chrono>
#include <ctime>

namespace mono::model {

/// What something took.
struct Spent {
  double seconds = 0;      // wall clock
  double cpu_seconds = 0;  // of all threads of the process meanwhile, whatever they worked at
};

/// Runs from where it is made.
class Stopwatch {
 public:
  Spent spent() const {
    return {.seconds = std::chrono::duration<double>(Clock::now() - start_).count(),
            .cpu_seconds = cpu_seconds() - cpu_start_};
  }

 private:
  using Clock = std::chrono::steady_clock;

  static double cpu_seconds() {
    timespec time = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  Clock::time_point start_ = Clock::now();
  double cpu_start_ = cpu_seconds();
};

}  // namespace mono::model
