#include "results/pairing.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <string_view>
#include <unordered_map>

#include "model/adapter.h"

namespace mono::results {

using nlohmann::ordered_json;

namespace {

struct HeaderField {
  const char* key;
  const char* name;  // as people call it
};
constexpr HeaderField kMustAgree[] = {
    {"task", "task"},
    {"profile", "profile"},
    {"profile_version", "profile version"},
    {"registration", "registration"},
    {"data_sha256", "data digest"},
    {"rows_in_dataset", "rows of the data set"},
    {"max_new_tokens_cap", "token cap"},
};

std::string shown(const ordered_json& header, const char* key) {
  const auto field = header.find(key);
  if (field == header.end()) return "none";
  return field->is_string() ? field->get<std::string>() : field->dump();
}

class Problems {
 public:
  Problems(std::string label, std::vector<std::string>& lines)
      : label_(std::move(label)), lines_(lines), before_(lines.size()) {}

  void add(std::string_view what, std::string_view base, std::string_view next) {
    add(fmt::format("{}: {} in the baseline, {} in the new run", what, base, next));
  }
  void add(const std::string& sentence) { lines_.push_back(label_ + ": " + sentence); }
  bool has_any() const { return lines_.size() > before_; }

 private:
  std::string label_;
  std::vector<std::string>& lines_;
  size_t before_;
};

/// The rows a run asked for; behind them a file may keep those of an earlier, larger one.
void cut_to_run(SampleRows& samples, const RunTask& task, const char* which, Problems& problems) {
  const auto asked = static_cast<size_t>(task.num_rows);
  if (samples.is_torn || samples.rows.size() < asked) {
    problems.add(fmt::format("{} is unfinished: {} of {} rows in {}", which, samples.rows.size(),
                             asked, task.samples.string()));
    return;
  }
  samples.rows.resize(asked);
}

std::unordered_set<std::string> failed_ids(const std::vector<SampleRow>& rows) {
  std::unordered_set<std::string> ids;
  for (const auto& row : rows) {
    if (row.state == RowState::kFailed) ids.insert(row.id);
  }
  return ids;
}

/// The place in `next` of each row of `base`; empty, and a problem, unless the ids are the same.
std::vector<size_t> matched(const std::vector<SampleRow>& base, const std::vector<SampleRow>& next,
                            Problems& problems) {
  std::vector<size_t> places(base.size());
  const auto is_same_id = [](const SampleRow& a, const SampleRow& b) { return a.id == b.id; };
  if (std::equal(base.begin(), base.end(), next.begin(), next.end(), is_same_id)) {
    for (size_t i = 0; i < places.size(); ++i) places[i] = i;
    return places;
  }
  std::unordered_map<std::string_view, size_t> place_of;
  for (size_t i = 0; i < next.size(); ++i) place_of.emplace(next[i].id, i);
  size_t num_missing = 0;
  std::string example;
  for (size_t i = 0; i < base.size(); ++i) {
    const auto found = place_of.find(base[i].id);
    if (found == place_of.end()) {
      if (num_missing++ == 0) example = base[i].id;
      continue;
    }
    places[i] = found->second;
  }
  if (num_missing > 0) {
    problems.add(
        fmt::format("rows: {} of the baseline's {} are not in the new run, id '{}' for one",
                    num_missing, base.size(), example));
    return {};
  }
  return places;
}

/// Whether `next` says better than `base` which pictures a row is about.
bool knows_better(const SampleRow& next, const SampleRow& base) {
  return next.image_by > base.image_by;
}

std::string name_of(ImageIdentity identity) {
  if (identity == ImageIdentity::kPixels) return "pixels";
  return identity == ImageIdentity::kTexts ? "texts" : "names";
}

class Pairer {
 public:
  Pairer(PairedRows& paired, size_t num_changed) : paired_(paired), num_changed_(num_changed) {}

  void add(const SampleRow& base, const SampleRow& next) {
    if (!base.is_counted) return;
    if ((base.state == RowState::kUnscored) != (next.state == RowState::kUnscored)) {
      // A row that failed on the other side says nothing about a judge.
      if (base.state == RowState::kScored || next.state == RowState::kScored) ++num_unjudged_;
    }
    if (base.state != RowState::kScored) {
      ++paired_.num_left_out;
      return;
    }
    const bool is_scored = next.state == RowState::kScored;
    if (!is_scored) {
      ++paired_.num_failed_now;
      paired_.num_failed_lost += base.value > 0 ? 1 : 0;
    }
    const auto& known = knows_better(next, base) ? next : base;
    images_by_ = std::min(images_by_, known.image_by);
    const ScorePair pair{
        .base = base.value, .next = is_scored ? next.value : 0, .image = known.image};
    paired_.num_responses_changed += base.response != next.response ? 1 : 0;
    if (pair.next != pair.base) keep(pair.next < pair.base, base, next);
    paired_.pairs.push_back(pair);
    paired_.failed_now.push_back(is_scored ? 0 : 1);
  }

  void finish(Problems& problems) {
    paired_.images_by = name_of(images_by_);
    if (num_unjudged_ > 0) {
      problems.add(
          fmt::format("judge: {} rows are scored in one run and wait for a judge in the "
                      "other",
                      num_unjudged_));
    } else if (paired_.pairs.empty()) {
      problems.add("rows: none has a score in the baseline");
    } else {
      check_scored(problems);
    }
  }

 private:
  void check_scored(Problems& problems) const {
    const auto num_counted = paired_.num_left_out + static_cast<int64_t>(paired_.pairs.size());
    const double most = kMostWithoutScore * static_cast<double>(num_counted);
    if (static_cast<double>(paired_.num_left_out) <= most) return;
    problems.add(
        fmt::format("rows: {} of {} have no score in the baseline; a comparison takes "
                    "{:g} % at most",
                    paired_.num_left_out, num_counted, 100 * kMostWithoutScore));
  }

  void keep(bool is_lost, const SampleRow& base, const SampleRow& next) {
    auto& places = is_lost ? paired_.lost : paired_.gained;
    if (places.size() < num_changed_) places.push_back({base.offset, next.offset});
  }

  PairedRows& paired_;
  size_t num_changed_;
  int64_t num_unjudged_ = 0;
  ImageIdentity images_by_ = ImageIdentity::kPixels;  // of the least known row
};

}  // namespace

PairedRows pair_rows(const RunTask& base, const RunTask& next, int num_changed,
                     std::vector<std::string>& problem_lines) {
  Problems problems(base.label, problem_lines);
  auto reading = std::async(std::launch::async, read_sample_rows, base.samples);
  auto next_rows = read_sample_rows(next.samples);
  auto base_rows = reading.get();
  for (const auto& [key, name] : kMustAgree) {
    const auto before = shown(base_rows.header, key);
    const auto now = shown(next_rows.header, key);
    if (before != now) problems.add(name, before, now);
  }
  if (base.num_rows != next.num_rows) {
    problems.add("limit", fmt::format("{} of {} rows", base.num_rows, base.rows_in_dataset),
                 fmt::format("{} of {} rows", next.num_rows, next.rows_in_dataset));
  }
  PairedRows paired;
  if (problems.has_any()) return paired;
  paired.base_failed_ids = failed_ids(base_rows.rows);
  paired.next_failed_ids = failed_ids(next_rows.rows);
  cut_to_run(base_rows, base, "the baseline", problems);
  cut_to_run(next_rows, next, "the new run", problems);
  if (problems.has_any()) return paired;
  const auto places = matched(base_rows.rows, next_rows.rows, problems);
  if (problems.has_any()) return paired;
  Pairer pairer(paired, static_cast<size_t>(num_changed));
  paired.pairs.reserve(places.size());
  for (size_t i = 0; i < places.size(); ++i) {
    auto& base_row = base_rows.rows[i];
    const auto& next_row = next_rows.rows[places[i]];
    const size_t before = paired.pairs.size();
    pairer.add(base_row, next_row);
    const bool was_answered = base_row.state != RowState::kFailed;
    const bool is_answered = next_row.state != RowState::kFailed;
    paired.num_base_answered += was_answered ? 1 : 0;
    paired.num_answers_lost += was_answered && !is_answered ? 1 : 0;
    paired.num_failed_in_one_run += was_answered != is_answered ? 1 : 0;
    if (was_answered && is_answered) paired.answered_ids.push_back(base_row.id);
    if (paired.pairs.size() > before) paired.ids.push_back(std::move(base_row.id));
  }
  pairer.finish(problems);
  paired.base_header = std::move(base_rows.header);
  paired.next_header = std::move(next_rows.header);
  return paired;
}

}  // namespace mono::results
