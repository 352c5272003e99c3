#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "evaluator/exit_code.h"

namespace mono::evaluator {

/// What main runs after the command line is read; set by the verb that was named.
using Action = std::function<ExitCode()>;

// One function a verb: declares its options and, when it is named, sets `action`.
void add_run(CLI::App& app, Action& action);
void add_score(CLI::App& app, Action& action);
void add_convert(CLI::App& app, Action& action);
void add_prompt(CLI::App& app, Action& action);
void add_trace(CLI::App& app, Action& action);
void add_ls(CLI::App& app, Action& action);
void add_validate(CLI::App& app, Action& action);
void add_submit(CLI::App& app, Action& action);
void add_compare(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);

/// "--output-path" with the spelling "--output_path" beside it.
std::string both_spellings(const std::string& option);

/// "a,b" and repeated options alike, empty pieces dropped.
std::vector<std::string> split_list(const std::vector<std::string>& values);

/// Says in one call how a verb is used: shown at the end of its --help.
void add_example(CLI::App& verb, const std::string& command);

}  // namespace mono::evaluator
