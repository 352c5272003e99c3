#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/gate_time_cases.h"

/// Times of rows that were answered on several machines, or nobody knows on which.
namespace mono::tests {

/// Writes an environment of another processor before the one that the run recorded.
/// \param of_other_tasks  It did not ask the task that is compared.
inline void add_earlier_machine(const RunMaker& runs, const std::string& run, bool of_other_tasks) {
  const auto file = runs.run_folder(run) / "environment.json";
  auto document = nlohmann::json::parse(read_file(file));
  auto& environments = document["environments"];
  auto earlier = environments.back();
  earlier["machine"]["cpu"] = "A Much Faster CPU";
  if (of_other_tasks) earlier["data"] = {{"textvqa.vek", earlier["data"]["ocrbench.vek"]}};
  environments.insert(environments.begin(), earlier);
  write_file(file, document.dump());
}

inline void resume_on_another_machine(const RunMaker& runs) {
  write_slower_times(runs);
  add_earlier_machine(runs, "new", /*of_other_tasks=*/false);
}

inline void resume_the_baseline_on_another_machine(const RunMaker& runs) {
  write_slower_times(runs);
  add_earlier_machine(runs, "base", /*of_other_tasks=*/false);
}

inline void ask_another_task_on_another_machine(const RunMaker& runs) {
  write_slower_times(runs);
  add_earlier_machine(runs, "new", /*of_other_tasks=*/true);
}

inline void forget_the_machines(const RunMaker& runs) {
  write_slower_times(runs);
  for (const char* const run : {"base", "new"}) {
    std::filesystem::remove(runs.run_folder(run) / "environment.json");
  }
}

/// The finished run is looked at here, where none of its rows was asked.
inline void look_at_a_run_of_another_machine(const RunMaker& runs) {
  for (const char* const run : {"base", "new"}) {
    const auto file = runs.run_folder(run) / "environment.json";
    auto document = nlohmann::json::parse(read_file(file));
    document["environments"][0]["machine"]["cpu"] = "A Much Faster CPU";
    write_file(file, document.dump());
  }
  ASSERT_EQ(runs.run("new", {}).exit_code, 0);
  write_slower_times(runs);
}

inline void start_over_after_another_machine(const RunMaker& runs) {
  add_earlier_machine(runs, "new", /*of_other_tasks=*/false);
  ASSERT_EQ(runs.run("new", {}, "--no-resume").exit_code, 0);
  write_slower_times(runs);
}

inline GateCases machine_cases() {
  return {
      {.name = "TimesOfAnotherMachineWithALimit",
       .damage =
           [](const RunMaker& runs) {
             edit_file(runs.run_folder("new") / "environment.json",
                       "\"logical_cores\": ", "\"logical_cores\": 9");
           },
       .options = "--max-slowdown 1.1",
       .exit_code = 3,
       .says = {"times: made on different machines: machine.logical_cores"}},
      {.name = "ARunResumedOnAnotherMachine",
       .damage = resume_on_another_machine,
       .says = {"times not compared: the new run was made on different machines: machine.cpu: A "
                "Much Faster CPU -> "}},
      {.name = "ARunResumedOnAnotherMachineWithALimit",
       .damage = resume_on_another_machine,
       .options = "--min-throughput 0.4",
       .exit_code = 3,
       .says = {"rows a second: the new run was made on different machines: machine.cpu"}},
      {.name = "ABaselineResumedOnAnotherMachineWithALimit",
       .damage = resume_the_baseline_on_another_machine,
       .options = "--max-slowdown 2.5",
       .exit_code = 3,
       .says = {"times: the baseline was made on different machines: machine.cpu"}},
      {.name = "AnotherTaskOfAnotherMachine",
       .damage = ask_another_task_on_another_machine,
       .options = "--min-throughput 0.4",
       .says = {"1 (0.4)"}},
      {.name = "AFinishedRunLookedAtOnAnotherMachine",
       .damage = look_at_a_run_of_another_machine,
       .options = "--min-throughput 0.4",
       .says = {"1 (0.4)"}},
      {.name = "ARunThatStartedOverOnThisMachine",
       .damage = start_over_after_another_machine,
       .options = "--min-throughput 0.4",
       .says = {"1 (0.4)"}},
      {.name = "MachinesThatAreNotKnown",
       .damage = forget_the_machines,
       .says = {"times not compared: the machines of both runs are not on record"}},
      {.name = "MachinesThatAreNotKnownWithALimit",
       .damage = forget_the_machines,
       .options = "--min-throughput 0.4 --max-slowdown 2.5",
       .exit_code = 3,
       .says = {"times: the machines of both runs are not on record"}},
  };
}

}  // namespace mono::tests
