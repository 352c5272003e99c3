#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "evaluator/failures.h"
#include "evaluator/judge_option.h"
#include "evaluator/locate.h"
#include "evaluator/replay.h"
#include "evaluator/report.h"
#include "evaluator/run_session.h"
#include "evaluator/run_task.h"
#include "evaluator/task_extras.h"
#include "evaluator/task_log.h"
#include "evaluator/task_names.h"
#include "evaluator/verbs/native_options.h"
#include "evaluator/verbs/verbs.h"
#include "model/complain.h"
#include "model/native/digest.h"
#include "model/native/native_adapter.h"
#include "tasks/reader/reader.h"
#include "tasks/text/utf8.h"

namespace mono::evaluator {

namespace {

struct Options {
  std::vector<std::string> models{};
  std::vector<std::string> tasks{};
  std::string data{};
  std::string profile = "paper";
  std::string output = "runs";
  std::string published = "Mono-InternVL-2B";
  int limit = 0;
  int error_limit = 0;
  int max_new_tokens = 0;
  std::optional<uint64_t> shuffle_seed{};
  bool resumes = true;
  bool as_json = false;
  JudgeOptions judge{};
  model::NativeOptions native{};
};

/// A plan, and all samples of its dataset, of which the plan may ask only the first.
struct Planned {
  TaskPlan plan{};
  std::vector<std::shared_ptr<const tasks::Sample>> all{};
};

/// Reads the data of every task before the first question is asked, so that what is wrong with the
/// last one shows at once.
std::vector<Planned> plan_tasks(const Options& options) {
  std::vector<Planned> plans;
  const auto root = data_root(options.data);
  const auto named = tasks_named(split_list(options.tasks));
  for (const auto* const one : named) {
    const auto& task = *one;
    const auto& profile = task.profile(options.profile);
    if (profile.is_scorer) {
      model::fail<model::UsageError>("profile ", profile.name, " of ", task.name(),
                                     " only scores answers; use the verb score");
    }
    const auto file = find_data(root, task, profile);
    Planned planned;
    auto data = tasks::read_samples(file, task, profile);
    planned.all = std::move(data.samples);
    if (planned.all.empty()) model::fail(file.string(), ": holds no row with a picture");
    auto file_name = file.string();
    tasks::repair_utf8(file_name);
    planned.plan = {.task = &task,
                    .profile = &profile,
                    .samples = planned.all,
                    .num_in_dataset = planned.all.size(),
                    .data_file = std::move(file_name),
                    .data_sha256 = digest_of(data.files),
                    .max_new_tokens = options.max_new_tokens,
                    .judge = std::make_shared<JudgeStage>(options.judge, task, named.size() == 1),
                    .shuffle_seed = options.shuffle_seed};
    if (options.limit > 0 && planned.all.size() > static_cast<size_t>(options.limit)) {
      planned.plan.samples.resize(static_cast<size_t>(options.limit));
    }
    plans.push_back(std::move(planned));
  }
  if (plans.empty()) model::fail<model::UsageError>("--tasks: no task named");
  return plans;
}

std::unique_ptr<model::ModelAdapter> open_replay(const ModelSpec& spec, const Planned& planned,
                                                 const std::string& registration) {
  const auto& plan = planned.plan;
  const auto set = tasks::read_predictions(spec.path, *plan.task, *plan.profile, planned.all);
  return make_replay(set.rows, spec.path.string(), model::sha256_of_file(spec.path), registration);
}

/// Runs all tasks with one model; stops early where a signal asks for it.
/// \returns false if it was stopped.
bool run_model(const ModelSpec& spec, const Options& options, std::vector<Planned>& plans,
               RunSession& session, std::vector<RunResult>& results) {
  const auto folder_of = [&](const TaskPlan& plan) {
    return std::filesystem::path(options.output) / spec.name / task_label(plan);
  };
  std::vector<std::shared_ptr<model::ModelAdapter>> adapters;
  if (spec.is_checkpoint) {
    const std::shared_ptr<model::ModelAdapter> checkpoint =
        model::open_checkpoint(spec.path, options.native);
    adapters.assign(plans.size(), checkpoint);
  }
  for (size_t i = 0; i < plans.size(); ++i) {
    if (!spec.is_checkpoint) {
      adapters.push_back(open_replay(spec, plans[i], options.native.registration));
    }
    auto& plan = plans[i].plan;
    plan.registration = tasks::parse_registration(adapters[i]->info().registration);
    if (options.resumes) check_log(adapters[i]->info(), plan, folder_of(plan));
  }
  for (size_t i = 0; i < plans.size(); ++i) {
    auto& adapter = *adapters[i];
    const auto& plan = plans[i].plan;
    session.begin(adapter.info());
    auto outcome = run_task(
        adapter, plan, folder_of(plan), options.resumes, spec.name + " " + task_label(plan),
        [&] { session.record_environment(plan, /*starts_over=*/!options.resumes); });
    if (!outcome.is_complete) return false;
    results.push_back(
        {.model = spec.name, .info = adapter.info(), .plan = plan, .outcome = std::move(outcome)});
    session.store(results);
  }
  return true;
}

std::vector<TaskPlan> task_plans(const std::vector<Planned>& plans) {
  std::vector<TaskPlan> all;
  all.reserve(plans.size());
  for (const auto& planned : plans) all.push_back(planned.plan);
  return all;
}

std::optional<int> limit_of(const Options& options) {
  return options.limit > 0 ? std::optional(options.limit) : std::nullopt;
}

/// \throws UsageError for a name that is there already: its answers would lie in the other's
/// folder.
void add_model(ModelSpec spec, std::vector<ModelSpec>& specs) {
  const bool is_named = std::any_of(
      specs.begin(), specs.end(), [&](const ModelSpec& other) { return other.name == spec.name; });
  if (is_named) model::fail<model::UsageError>("--model: the name '", spec.name, "' twice");
  specs.push_back(std::move(spec));
}

ExitCode run(const Options& options) {
  for (const auto* const task : tasks_named(split_list(options.tasks))) {
    task->profile(options.profile);
  }
  std::vector<ModelSpec> specs;
  specs.reserve(options.models.size());
  for (const auto& text : options.models) add_model(parse_model(text), specs);
  check_judge_option(options.judge);
  auto plans = plan_tasks(options);
  stop_on_signals();

  std::vector<RunResult> results;
  for (const auto& spec : specs) {
    RunSession session(std::filesystem::path(options.output) / spec.name, spec.name,
                       task_plans(plans), limit_of(options));
    if (!run_model(spec, options, plans, session, results)) {
      model::complain("mono-eval: interrupted; the same command goes on where it stopped\n");
      return ExitCode::kInterrupted;
    }
  }
  fmt::print("{}\n",
             options.as_json ? results_json(results) : table_text(results, options.published));

  size_t failed = 0;
  for (const auto& result : results) {
    failed += result.outcome.num_failed;
    model::complain("{}", failures_text(result.outcome.rows));
  }
  if (failed > static_cast<size_t>(options.error_limit)) {
    model::complain(
        "mono-eval: {} rows failed, --error-limit is {}; see `error` in the samples "
        "files below {}\n",
        failed, options.error_limit, options.output);
    return ExitCode::kIncomplete;
  }
  return ExitCode::kFine;
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand("run", "ask models the questions of benchmarks and score them");
  verb->add_option("--model", options->models,
                   "NAME=PATH, repeatable: a checkpoint folder, or a file of predictions to replay")
      ->required();
  verb->add_option(
          "--tasks", options->tasks,
          "names, aliases or groups (mono16, general9, vqa7), comma-separated; see `ls tasks`")
      ->required();
  verb->add_option("--data", options->data,
                   "data folder (or file, with one task); default: LMUData");
  verb->add_option("--profile", options->profile, "recipe; see `ls profiles`")
      ->capture_default_str();
  verb->add_option(both_spellings("--output-path"), options->output, "folder of the run")
      ->capture_default_str();
  verb->add_option(
          "--limit", options->limit,
          "first N rows of each task; 0 is all; fewer than all are marked in the table, and no "
          "published number then stands beside")
      ->check(CLI::NonNegativeNumber);
  verb->add_option(both_spellings("--error-limit"), options->error_limit,
                   "failed rows that are tolerated; more give exit code 4")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  verb->add_option(both_spellings("--max-new-tokens"), options->max_new_tokens,
                   "cap what the profile allows, for a quick look; marked in the table, and no "
                   "published number then stands beside")
      ->check(CLI::NonNegativeNumber);
  verb->add_flag("--resume,!--no-resume,!--no_resume", options->resumes,
                 "go on with an earlier run in the same folder (default) or start over");
  add_judge_options(*verb, options->judge);
  verb->add_option("--published", options->published, "whose published numbers stand beside ours")
      ->capture_default_str();
  add_native_options(*verb, options->native);
  verb->add_option("--shuffle", options->shuffle_seed,
                   "ask in a random order of this seed; the finished files are the same");
  verb->add_flag("--json", options->as_json, "for machines");
  add_example(*verb,
              "mono-eval run --model mono=ckpt --tasks ocrbench,textvqa --data LMUData "
              "--output-path runs");
  verb->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace mono::evaluator
