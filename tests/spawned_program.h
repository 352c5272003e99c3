#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <string>
#include <vector>

namespace mono::tests {

/// Starts mono-eval beside the test; what it says is thrown away.
inline pid_t start(const std::vector<std::string>& arguments) {
  std::vector<std::string> copy = {MONO_EVAL_BINARY};
  copy.insert(copy.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(copy.size() + 1);
  for (auto& argument : copy) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  EXPECT_EQ(posix_spawn(&child, MONO_EVAL_BINARY, &actions, nullptr, argv.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

/// Whether it is over; it can still be waited for.
inline bool has_ended(pid_t child) {
  siginfo_t state = {};
  waitid(P_PID, static_cast<id_t>(child), &state, WEXITED | WNOHANG | WNOWAIT);
  return state.si_pid == child;
}

/// \returns how the program ended, as waitpid says it.
inline int signal_and_wait(pid_t child, int signal) {
  kill(child, signal);
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

}  // namespace mono::tests
