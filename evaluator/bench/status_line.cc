#include "evaluator/bench/status_line.h"

#include <unistd.h>

#include <cstdio>

#include "model/complain.h"

namespace mono::bench {
namespace {

constexpr auto kPause = std::chrono::seconds(5);

}  // namespace

StatusLine::StatusLine() : is_terminal_(isatty(fileno(stderr)) != 0) {}

StatusLine::~StatusLine() {
  if (is_terminal_) std::fputs("\r\033[K", stderr);
}

void StatusLine::show(const std::string& text) {
  if (is_terminal_) {
    model::complain("\r\033[Kbench: {}", text);
  } else if (Clock::now() >= next_) {
    model::complain("bench: {}\n", text);
    next_ = Clock::now() + kPause;
  }
  std::fflush(stderr);
}

}  // namespace mono::bench
