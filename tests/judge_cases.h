#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tasks/judge.h"
#include "tasks/task.h"

/// What the tests of judged benchmarks share.
namespace mono::tests {

/// A judge that answers by a function and remembers what it was asked.
class ScriptedJudge final : public tasks::Judge {
 public:
  using Answer = std::function<std::optional<std::string>(const tasks::JudgeCall&)>;

  explicit ScriptedJudge(Answer answer) : answer_(std::move(answer)) {}

  bool is_present() const override { return true; }
  std::optional<tasks::JudgeExchange> ask(const tasks::JudgeCall& call) override {
    calls.push_back(call);
    const auto reply = answer_(call);
    if (!reply) return std::nullopt;
    return tasks::JudgeExchange{.reply = *reply, .temperature = call.temperature};
  }

  std::vector<tasks::JudgeCall> calls{};

 private:
  Answer answer_;
};

/// A judge that says one thing after the other, the last again and again.
inline ScriptedJudge judge_saying(std::vector<std::string> replies) {
  return ScriptedJudge([replies = std::move(replies), place = size_t{0}](
                           const tasks::JudgeCall&) mutable -> std::optional<std::string> {
    return replies[std::min(place++, replies.size() - 1)];
  });
}

inline std::vector<double> temperatures_of(const ScriptedJudge& judge) {
  std::vector<double> temperatures;
  temperatures.reserve(judge.calls.size());
  for (const auto& call : judge.calls) temperatures.push_back(call.temperature);
  return temperatures;
}

/// The value of the first metric of that name and split.
/// \throws model::SetupError if there is none.
inline double value_of(const std::vector<tasks::Metric>& metrics, const std::string& name,
                       const std::string& split = "") {
  for (const auto& metric : metrics) {
    if (metric.name == name && metric.split == split) return metric.value;
  }
  model::fail("no metric ", split, " ", name);
}

/// A row of named cells.
inline tasks::Row row_of(const std::string& id,
                         std::vector<std::pair<std::string, tasks::Cell>> cells,
                         const std::string& response) {
  tasks::Sample sample{.id = id};
  sample.cells = std::move(cells);
  for (const auto& [name, cell] : sample.cells) {
    const auto text = tasks::is_missing(cell) ? std::string() : tasks::cell_text(cell);
    if (name == "question") sample.question = text;
    if (name == "category") sample.category = text;
    if (name == "l2-category") sample.l2_category = text;
  }
  return {.sample = std::make_shared<const tasks::Sample>(std::move(sample)), .response = response};
}

}  // namespace mono::tests
