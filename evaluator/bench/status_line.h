#pragma once

#include <chrono>
#include <string>

namespace mono::bench {

/// Says on standard error what is being measured: one line that changes on a terminal, a plain line
/// every few seconds elsewhere.
class StatusLine {
 public:
  StatusLine();
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  void show(const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;

  bool is_terminal_;
  Clock::time_point next_ = Clock::now();
};

}  // namespace mono::bench
