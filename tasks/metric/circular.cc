#include "tasks/metric/circular.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "tasks/metric/accuracy_report.h"
#include "tasks/metric/option_judge.h"
#include "tasks/pipeline/choice_sheet.h"
#include "tasks/pipeline/columns.h"

namespace mono::tasks {
namespace {

constexpr int64_t kRotationStep = 1'000'000;

std::optional<int64_t> find_index(const Sample& sample) {
  int64_t index = 0;
  const auto* const end = sample.id.data() + sample.id.size();
  const auto result = std::from_chars(sample.id.data(), end, index);
  if (result.ec != std::errc() || result.ptr != end || index < 0) return std::nullopt;
  return index;
}

int64_t index_of(const Sample& sample) {
  const auto index = find_index(sample);
  if (!index) model::fail("circular evaluation: expected a row index, got id '", sample.id, "'");
  return *index;
}

/// A row of the sheet in its group.
struct Member {
  int64_t base_index = 0;
  int64_t index = 0;
  size_t k = 0;  // in the sheet
};

std::vector<Member> members_by_group(std::span<const Row> rows, const ChoiceSheet& sheet) {
  std::vector<Member> members;
  members.reserve(sheet.size());
  for (size_t k = 0; k < sheet.size(); ++k) {
    const auto index = index_of(*rows[sheet.position(k)].sample);
    members.push_back({.base_index = index % kRotationStep, .index = index, .k = k});
  }
  std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    return std::pair(a.base_index, a.index) < std::pair(b.base_index, b.index);
  });
  return members;
}

/// What a group came to.
struct Verdict {
  bool is_hit = false;
  ScoreState state = ScoreState::kRead;
  std::string log{};
};

class CircularScorer {
 public:
  CircularScorer(std::span<const Row> rows, const Profile& profile, Judge& judge)
      : rows_(rows), profile_(profile), judge_(judge), sheet_(rows, profile), scores_(rows.size()) {
    readings_.reserve(sheet_.size());
    for (size_t k = 0; k < sheet_.size(); ++k) {
      readings_.push_back(infer_option(sheet_.prediction(k), sheet_.choices(k), profile.letter));
    }
  }

  std::vector<std::optional<Score>> scores() {
    const auto members = members_by_group(rows_, sheet_);
    const auto failed = failed_groups(rows_);
    for (auto begin = members.begin(); begin != members.end();) {
      const auto base_index = begin->base_index;
      const auto end = std::find_if(begin, members.end(), [&](const Member& member) {
        return member.base_index != base_index;
      });
      const auto failure = failed.find(base_index);
      score_group({begin, end}, failure == failed.end() ? "" : failure->second);
      begin = end;
    }
    return std::move(scores_);
  }

 private:
  bool is_hit(size_t k) {
    const auto& letter = readings_[k].letter;
    return letter && sheet_.target(k) == std::string_view(&*letter, 1);
  }

  Score& score_of(size_t k) { return *scores_[sheet_.position(k)]; }

  /// The row's own score, before its group is judged.
  void score_row(size_t k) {
    const auto& reading = readings_[k];
    scores_[sheet_.position(k)] =
        Score{.value = is_hit(k) ? 1.0 : 0.0,
              .answer = reading.letter ? std::string(1, *reading.letter) : "",
              .how = std::string(reading.step),
              .is_counted = false,
              .state = reading.letter ? ScoreState::kRead : ScoreState::kUnparsed};
  }

  /// \param failed_row  A row of the group that has an error; "" if none has.
  void score_group(std::span<const Member> group, const std::string& failed_row) {
    for (const auto& member : group) score_row(member.k);
    const auto& base = group.front();
    if (base.index != base.base_index) return;
    auto& score = score_of(base.k);
    if (!failed_row.empty()) score.best_value = has_miss(group) ? 0 : 1;
    auto verdict = failed_row.empty() ? judge_group(group) : failed_verdict(failed_row);
    score.value = verdict.is_hit ? 1.0 : 0.0;
    score.log = std::move(verdict.log);
    score.is_counted = true;
    score.state = verdict.state;
  }

  static Verdict failed_verdict(const std::string& failed_row) {
    return {.state = ScoreState::kFailed, .log = "row '" + failed_row + "' of its group failed"};
  }

  /// Whether a row that could be read is wrong.
  bool has_miss(std::span<const Member> group) {
    return std::any_of(group.begin(), group.end(), [&](const Member& member) {
      return readings_[member.k].letter && !is_hit(member.k);
    });
  }

  Verdict judge_group(std::span<const Member> group) {
    bool is_decided = true;
    for (size_t i = 0; i < group.size(); ++i) {
      const size_t k = group[i].k;
      const auto letter = readings_[k].letter;
      is_decided = is_decided && letter.has_value();
      if (!letter || is_hit(k)) continue;
      std::string log = "Failed in Prefetching Rolling " + std::to_string(i) + ": Answer is ";
      log.append(sheet_.target(k)).append(", Prediction is ").append(sheet_.prediction(k));
      return {.log = log.append(", Pre-fetched is ").append(1, *letter).append(". ")};
    }
    if (is_decided) return {.is_hit = true, .log = "Succeed During Pre-fetching"};
    if (judge_.is_present()) return walk_group(group);
    return {
        .state = ScoreState::kUnparsed,
        .log = "Failed in Prefetch, no GPT-based answer matching under `exact_matching` policy."};
  }

  /// Asks about the rows that could not be read; all others are right.
  Verdict walk_group(std::span<const Member> group) {
    std::string log;
    for (size_t i = 0; i < group.size(); ++i) {
      const size_t k = group[i].k;
      const auto rolling = "Rolling " + std::to_string(i);
      if (readings_[k].letter) {
        log.append(rolling).append(" Matched.\n");
        continue;
      }
      const auto judged = ask(k);
      const bool is_read = judged.state == ScoreState::kRead;
      if (!is_read) return {.state = judged.state, .log = log};
      const bool is_hit = score_of(k).value == 1;
      const std::string_view comma = is_hit ? ", " : "; ";
      log.append(is_hit ? "" : "Failed in ").append(rolling).append(": Answer is ");
      log.append(sheet_.target(k)).append(comma).append("Prediction is ");
      log.append(sheet_.prediction(k)).append(comma).append("Pre-fetched is ");
      log.append(1, *judged.letter);
      if (!is_hit) {
        log.append("; Match Log is ").append(judged.reply()).append(".\n");
        return {.log = std::move(log)};
      }
      log.append(".\n");
    }
    return {.is_hit = true, .log = std::move(log)};
  }

  JudgedOption ask(size_t k) {
    const auto choices = sheet_.choices(k);
    auto call = option_call(rows_[sheet_.position(k)].sample->id, sheet_.question(k), choices,
                            sheet_.prediction(k));
    auto judged = ask_for_option(std::move(call), choices, profile_.letter, judge_);
    apply_judged(judged, sheet_.target(k), score_of(k));
    return judged;
  }

  std::span<const Row> rows_;
  const Profile& profile_;
  Judge& judge_;
  ChoiceSheet sheet_;
  std::vector<LetterReading> readings_;  // of the sheet's rows
  std::vector<std::optional<Score>> scores_;
};

}  // namespace

std::string circular_fault(const Sample& sample) {
  if (find_index(sample)) return "";
  return "column 'index': expected a row index, got '" + sample.id + "'";
}

int64_t group_of(const Sample& sample) {
  return index_of(sample) % kRotationStep;
}

std::unordered_map<int64_t, std::string> failed_groups(std::span<const Row> rows) {
  std::unordered_map<int64_t, std::string> groups;
  for (const auto& row : rows) {
    if (row.error.empty()) continue;
    // A row whose id is no index of its own, because another row has it, is of no group.
    if (const auto index = find_index(*row.sample)) {
      groups.emplace(*index % kRotationStep, row.sample->id);
    }
  }
  return groups;
}

bool is_base_row(const Sample& sample) {
  const auto index = find_index(sample);
  return !index || *index < kRotationStep;
}

std::vector<std::optional<Score>> score_circular(std::span<const Row> rows, const Profile& profile,
                                                 Judge& judge) {
  return CircularScorer(rows, profile, judge).scores();
}

std::vector<Metric> circular_metrics(std::span<const Row> rows, std::string_view task,
                                     std::string_view main_split) {
  auto metrics = accuracy_report(rows, task, main_split);
  metrics.push_back(undecided_rows(rows));
  const auto num_groups = static_cast<int>(counted_values(rows, task).size());
  metrics.push_back(
      {.name = "groups", .value = static_cast<double>(num_groups), .count = num_groups});
  return metrics;
}

}  // namespace mono::tasks
