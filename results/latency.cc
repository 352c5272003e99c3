#include "results/latency.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "model/adapter.h"
#include "results/line_blocks.h"

namespace mono::results {

using model::fail;

namespace {

using Stage = double (*)(const RowTimes&);
struct NamedStage {
  std::string_view name;
  Stage seconds;
};
constexpr NamedStage kStages[] = {
    {"total", [](const RowTimes& times) { return times.total(); }},
    {"preprocess", [](const RowTimes& times) { return times.preprocess; }},
    {"prefill", [](const RowTimes& times) { return times.prefill; }},
    {"decode", [](const RowTimes& times) { return times.decode; }},
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

/// Σ of a value over the rows of each picture, and how many rows they are.
template <typename Numerator, typename Denominator>
std::vector<RatioTerm> by_image(std::span<const TimesPair> pairs, Numerator numerator,
                                Denominator denominator) {
  std::vector<RatioTerm> terms;
  std::unordered_map<uint64_t, size_t> place;
  for (const auto& pair : pairs) {
    const auto [found, is_new] = place.emplace(pair.image, terms.size());
    if (is_new) terms.push_back({.numerator = 0, .denominator = 0});
    terms[found->second].numerator += numerator(pair);
    terms[found->second].denominator += denominator(pair);
  }
  return terms;
}

/// Sign flips of what the pictures' log ratios exceed that of `allowed` by.
PairedTest test_against(double allowed, std::span<const RatioTerm> terms,
                        const Resampling& resampling) {
  std::vector<double> beyond;
  beyond.reserve(terms.size());
  for (const auto& term : terms) {
    beyond.push_back(term.numerator - std::log(allowed) * term.denominator);
  }
  return sign_flip_test(beyond, resampling);
}

std::optional<StageComparison> compare_stage(const NamedStage& stage,
                                             std::span<const TimesPair> pairs,
                                             std::optional<double> limit,
                                             const GateOptions& options) {
  std::vector<TimesPair> timed;
  std::vector<double> base, next;
  for (const auto& pair : pairs) {
    const double before = stage.seconds(pair.base);
    const double now = stage.seconds(pair.next);
    if (!(before > 0) || !(now > 0)) continue;
    timed.push_back(pair);
    base.push_back(before);
    next.push_back(now);
  }
  if (timed.empty()) return std::nullopt;
  const auto log_ratio = [&](const TimesPair& pair) {
    return std::log(stage.seconds(pair.next) / stage.seconds(pair.base));
  };
  const auto terms = by_image(timed, log_ratio, [](const TimesPair&) { return 1.0; });
  StageComparison comparison{.name = stage.name,
                             .base_median = median(base),
                             .next_median = median(next),
                             .ratio = std::exp(ratio(terms))};
  if (const auto found = ratio_interval(terms, options.level, options.resampling)) {
    comparison.interval = {.low = std::exp(found->interval.low),
                           .high = std::exp(found->interval.high)};
  }
  comparison.p_equal = test_against(1, terms, options.resampling).p_two_sided;
  if (limit) {
    comparison.p_over_limit = test_against(*limit, terms, options.resampling).p_better;
  }
  return comparison;
}

void check(std::span<const TimesPair> pairs, std::optional<double> limit) {
  if (limit && !(*limit > 0)) fail("compare_times: a limit of ", *limit);
  for (const auto& pair : pairs) {
    for (const auto& times : {pair.base, pair.next}) {
      const bool is_sound = times.preprocess >= 0 && times.prefill >= 0 && times.decode >= 0 &&
                            std::isfinite(times.total());
      if (!is_sound) fail("compare_times: a row took ", times.total(), " seconds");
    }
  }
}

/// One line of a timings file.
struct TimedRow {
  std::string id{};
  RowTimes times{};
  std::string_view pace{};
};

TimedRow timed_row(const simdjson::dom::object& line) {
  TimedRow row;
  for (const auto& [key, value] : line) {
    if (key == "id") row.id = std::string_view(value);
    if (key == "preprocess_seconds") row.times.preprocess = double(value);
    if (key == "prefill_seconds") row.times.prefill = double(value);
    if (key == "decode_seconds") row.times.decode = double(value);
    if (key == "wall_seconds") row.times.wall = double(value);
    if (key == "call") row.times.call = int64_t(value);
    if (key == "rows_in_call") row.times.rows_in_call = int64_t(value);
    if (key == "pace") row.pace = value;
  }
  if (row.id.empty()) throw simdjson::simdjson_error(simdjson::NO_SUCH_FIELD);
  return row;
}

}  // namespace

Timings read_timings(const std::filesystem::path& path) {
  Timings timings;
  simdjson::dom::parser parser;
  for_each_whole_line(path, [&](const PaddedLine& line) {
    try {
      auto row =
          timed_row(parser.parse(line.text.data(), line.text.size(), /*realloc_if_needed=*/false));
      timings.rows.insert_or_assign(std::move(row.id), row.times);
      if (!timings.paces.contains(row.pace)) timings.paces.emplace(row.pace);
    } catch (const simdjson::simdjson_error& cause) {
      fail(path.string(), ":", line.number, ": expected the times of a row: ", cause.what());
    }
  });
  return timings;
}

std::optional<LatencyComparison> compare_times(std::span<const TimesPair> pairs,
                                               std::optional<double> limit,
                                               const GateOptions& options) {
  check(pairs, limit);
  std::vector<TimesPair> timed;
  std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(timed), [](const TimesPair& pair) {
    return pair.base.total() > 0 && pair.next.total() > 0;
  });
  if (timed.empty()) return std::nullopt;
  LatencyComparison comparison{.num_rows = static_cast<int64_t>(timed.size()), .limit = limit};
  std::unordered_set<uint64_t> images;
  for (const auto& pair : timed) images.insert(pair.image);
  comparison.num_images = static_cast<int64_t>(images.size());
  for (const auto& stage : kStages) {
    auto compared = compare_stage(stage, timed, limit, options);
    if (compared) comparison.stages.push_back(*compared);
  }
  return comparison;
}

}  // namespace mono::results
