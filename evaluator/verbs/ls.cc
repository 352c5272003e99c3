#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "evaluator/verbs/verbs.h"
#include "results/averages.h"
#include "tasks/registry.h"

namespace mono::evaluator {

namespace {

struct Options {
  std::string what{};
  std::string task{};
  bool as_json = false;
};

void print(const nlohmann::ordered_json& rows, bool as_json) {
  if (as_json) {
    fmt::print("{}\n", rows.dump(2));
    return;
  }
  for (const auto& row : rows) {
    std::string line;
    for (const auto& [key, value] : row.items()) {
      const auto text = value.is_string() ? value.get<std::string>() : value.dump();
      line += line.empty() ? fmt::format("{:<16}", text) : "  " + text;
    }
    fmt::print("{}\n", line);
  }
}

nlohmann::ordered_json task_rows() {
  auto rows = nlohmann::ordered_json::array();
  for (const auto* task : tasks::all_tasks()) {
    std::string profiles;
    for (const auto& profile : task->profiles()) {
      profiles += (profiles.empty() ? "" : ",") + profile.name;
    }
    std::string aliases;
    for (const auto alias : task->aliases())
      aliases += (aliases.empty() ? "" : ",") + std::string(alias);
    rows.push_back({{"task", task->name()}, {"profiles", profiles}, {"aliases", aliases}});
  }
  return rows;
}

nlohmann::ordered_json profile_rows(const std::string& only_task) {
  auto rows = nlohmann::ordered_json::array();
  const auto* only = only_task.empty() ? nullptr : &tasks::task_named(only_task);
  for (const auto* task : tasks::all_tasks()) {
    if (only != nullptr && task != only) continue;
    for (const auto& profile : task->profiles()) {
      rows.push_back({{"task", task->name()},
                      {"profile", profile.name + " v" + std::to_string(profile.version)},
                      {"is_paper", profile.name == task->paper_profile() ? "(paper)" : ""},
                      {"what", profile.what}});
    }
  }
  return rows;
}

nlohmann::ordered_json group_rows() {
  auto rows = nlohmann::ordered_json::array();
  for (const auto group : results::group_names()) {
    std::string list;
    for (const auto task : results::tasks_of_group(group)) {
      list += (list.empty() ? "" : ",") + std::string(task);
    }
    rows.push_back({{"group", group}, {"tasks", list}});
  }
  return rows;
}

nlohmann::ordered_json model_rows() {
  return {{{"kind", "native"},
           {"what",
            "a checkpoint folder of Mono-InternVL, Mono-InternVL-1.5 or InternVL 1.2 to 3 with "
            "InternLM2, Qwen2, Llama or Phi-3"}},
          {{"kind", "replay"}, {"what", "a file of predictions, by sample id"}}};
}

}  // namespace

void add_ls(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  auto* verb =
      app.add_subcommand("ls", "list what there is: tasks, their groups, profiles, kinds of model");
  verb->add_option("what", options->what, "tasks, groups, profiles or models")
      ->required()
      ->check(CLI::IsMember({"tasks", "groups", "profiles", "models"}));
  verb->add_option("--task", options->task, "profiles of this task only");
  verb->add_flag("--json", options->as_json, "for machines");
  add_example(*verb, "mono-eval ls profiles --task textvqa");
  verb->callback([options, &action] {
    action = [options] {
      if (options->what == "tasks") print(task_rows(), options->as_json);
      if (options->what == "groups") print(group_rows(), options->as_json);
      if (options->what == "profiles") print(profile_rows(options->task), options->as_json);
      if (options->what == "models") print(model_rows(), options->as_json);
      return ExitCode::kFine;
    };
  });
}

}  // namespace mono::evaluator
