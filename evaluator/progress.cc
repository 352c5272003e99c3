#include "evaluator/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <utility>

namespace mono::evaluator {

namespace {

constexpr auto kTerminalPause = std::chrono::milliseconds(100);
constexpr auto kLinePause = std::chrono::seconds(5);
constexpr size_t kBarWidth = 24;

std::string clock_text(double seconds) {
  const auto whole = std::lround(seconds);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace

Progress::Progress(std::string stage, size_t total, size_t already_done, std::FILE* out)
    : stage_(std::move(stage)),
      total_(total),
      done_(already_done),
      started_at_(already_done),
      out_(out),
      is_terminal_(isatty(fileno(out)) != 0) {
  show(/*last=*/false);
}

void Progress::advance(bool failed) {
  ++done_;
  if (failed) ++failed_;
  const auto pause = is_terminal_ ? Clock::duration(kTerminalPause) : Clock::duration(kLinePause);
  if (Clock::now() - last_shown_ >= pause) show(/*last=*/false);
}

void Progress::finish() {
  show(/*last=*/true);
}

std::string Progress::text(double elapsed_seconds) const {
  std::string text = fmt::format("{}: {}/{}", stage_, done_, total_);
  const size_t done_now = done_ - started_at_;
  if (done_now > 0 && elapsed_seconds > 0) {
    const double rate = static_cast<double>(done_now) / elapsed_seconds;
    text += fmt::format(", {:.3g} samples/s", rate);
    if (done_ < total_) {
      text += ", ETA " + clock_text(static_cast<double>(total_ - done_) / rate);
    }
  }
  if (failed_ > 0) text += fmt::format(", {} failed", failed_);
  return text;
}

std::string Progress::bar() const {
  const size_t filled = total_ == 0 ? kBarWidth : kBarWidth * done_ / total_;
  return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "] ";
}

void Progress::show(bool last) {
  last_shown_ = Clock::now();
  const double elapsed = std::chrono::duration<double>(last_shown_ - start_).count();
  if (is_terminal_) {
    fmt::print(out_, "\r\033[K{}{}{}", bar(), text(elapsed), last ? "\n" : "");
  } else {
    fmt::print(out_, "{}\n", text(elapsed));
  }
  std::fflush(out_);
}

}  // namespace mono::evaluator
