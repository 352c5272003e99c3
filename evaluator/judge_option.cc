#include "evaluator/judge_option.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tasks/judge_prompts.h"

namespace mono::evaluator {

namespace {

constexpr std::string_view kReplay = "replay:";

tasks::JudgePrompts open_prompts(const JudgeOptions& options) {
  if (!options.prompts.empty()) return tasks::JudgePrompts(options.prompts);
  const char* const folder = std::getenv("MONO_JUDGE_PROMPTS");
  const bool is_set = folder != nullptr && *folder != '\0';
  return is_set ? tasks::JudgePrompts(folder) : tasks::JudgePrompts();
}

}  // namespace

void add_judge_options(CLI::App& verb, JudgeOptions& options) {
  verb.add_option("--judge", options.judge,
                  "none, or replay:FILE with recorded replies: JSON Lines of id, prompt_sha256 and "
                  "replies")
      ->capture_default_str();
  verb.add_option("--judge-prompts,--judge_prompts", options.prompts,
                  "folder of judge prompts (scripts/judge_prompts.py), to check that the replies "
                  "belong to these questions; default: MONO_JUDGE_PROMPTS");
}

void check_judge_option(const JudgeOptions& options) {
  if (options.judge == "none") return;
  if (options.judge.starts_with(kReplay) && options.judge.size() > kReplay.size()) return;
  model::fail<model::UsageError>("--judge ", options.judge,
                                 ": a live judge is not built; known: none, replay:FILE");
}

JudgeStage::JudgeStage(const JudgeOptions& options, const tasks::Task& task, bool is_only_task) {
  check_judge_option(options);
  if (options.judge == "none") return;
  file_ = options.judge.substr(kReplay.size());
  const auto records = tasks::read_judge_records(file_, task.name(), is_only_task);
  if (records.empty() && is_only_task) {
    model::fail(file_, ": holds no record for task ", task.name());
  }
  auto prompts = open_prompts(options);
  if (records.empty()) return;
  recorded_ = std::make_unique<tasks::RecordedJudge>(records, std::move(prompts));
}

tasks::Judge& JudgeStage::judge() {
  if (recorded_ != nullptr) return *recorded_;
  return tasks::no_judge();
}

nlohmann::ordered_json JudgeStage::json() const {
  if (recorded_ == nullptr) return "none";
  return {{"kind", "replay"},
          {"file", file_},
          {"replies_given", recorded_->num_answered()},
          {"prompts_verified", recorded_->num_verified()}};
}

std::string JudgeStage::text() const {
  if (recorded_ == nullptr) return "judge: none";
  auto text = fmt::format("judge: {}{}, {} replies given, {} of their prompts verified by SHA-256",
                          kReplay, file_, recorded_->num_answered(), recorded_->num_verified());
  if (recorded_->num_verified() < recorded_->num_answered()) {
    text += "; the texts of the others are not at hand (--judge-prompts)";
  }
  return text;
}

}  // namespace mono::evaluator
