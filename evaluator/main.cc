#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "evaluator/exit_code.h"
#include "evaluator/verbs/verbs.h"

namespace {

using mono::evaluator::Action;
using mono::evaluator::ExitCode;

int exit_with(ExitCode code) {
  return static_cast<int>(code);
}

/// Names a verb or an option that there is not; CLI11 says that a verb is required.
std::string verb_fault(const CLI::App& app) {
  const auto remaining = app.remaining();
  if (!app.get_subcommands().empty() || remaining.empty()) return "";
  const auto& asked = remaining.front();
  if (asked.starts_with('-')) return "unknown option '" + asked + "' before a verb";
  auto fault = "unknown verb '" + asked + "'; known:";
  for (const auto* const verb : app.get_subcommands({})) fault += " " + verb->get_name();
  return fault;
}

int run(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is output that cannot be written: exit code 3
  CLI::App app(
      "mono-eval: Mono-InternVL and its modular baselines, sixteen benchmarks, numbers equal to "
      "the\n"
      "reference.",
      "mono-eval");
  app.set_version_flag("--version", "mono-eval " MONO_VERSION);
  app.require_subcommand(1);
  app.footer(mono::evaluator::exit_code_list());

  Action action;
  mono::evaluator::add_run(app, action);
  mono::evaluator::add_score(app, action);
  mono::evaluator::add_convert(app, action);
  mono::evaluator::add_prompt(app, action);
  mono::evaluator::add_trace(app, action);
  mono::evaluator::add_ls(app, action);
  mono::evaluator::add_validate(app, action);
  mono::evaluator::add_submit(app, action);
  mono::evaluator::add_compare(app, action);
  mono::evaluator::add_report(app, action);
  mono::evaluator::add_bench(app, action);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const auto fault = verb_fault(app);
    if (!fault.empty()) {
      std::fprintf(stderr, "mono-eval: %s\n", fault.c_str());
      return exit_with(ExitCode::kUsage);
    }
    // CLI11 has exit codes of its own; ours say only "fine" (--help, --version) or "usage".
    return app.exit(error) == 0 ? 0 : exit_with(ExitCode::kUsage);
  }
  return exit_with(mono::evaluator::guarded([&] {
    const auto code = action();
    mono::evaluator::flush_output();
    return code;
  }));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (...) {  // before there was an action: no memory, say
    std::fputs("mono-eval: internal error\n", stderr);
    return exit_with(ExitCode::kInternalError);
  }
}
