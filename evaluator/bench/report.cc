#include "evaluator/bench/report.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "evaluator/bench/interval.h"

namespace mono::bench {
namespace {

using nlohmann::ordered_json;
using Value = std::function<double(const Timing&)>;

constexpr const char* kColumns = "{:<20} {:<22} {:>5}  {:<32} {:<20} {:<30} {:<20} {:>9}\n";

MedianInterval over(const std::vector<Timing>& timings, const Value& value, double scale = 1) {
  std::vector<double> values;
  values.reserve(timings.size());
  for (const auto& timing : timings) values.push_back(scale * value(timing));
  return median_interval(std::move(values));
}

std::string milliseconds(const std::vector<Timing>& timings, const Value& value) {
  return shown(over(timings, value, 1e3), 3);
}

std::string share(const std::vector<Timing>& timings, const Value& value) {
  return shown(over(timings, value), 2);
}

bool has_more_tokens(const LatencyRow& row) {
  return row.token_ids.size() > 1;
}

std::string line_of(const Contender& contender, const LatencyRow& row) {
  std::string token = "-";
  std::string token_share = "-";
  if (has_more_tokens(row)) {
    token = milliseconds(row.timings, [](const Timing& t) { return t.per_token; });
    token_share =
        share(row.timings, [](const Timing& t) { return t.per_token_floor / t.per_token; });
  }
  return fmt::format(
      kColumns, contender.name, contender.mode, row.shape.num_tiles,
      milliseconds(row.timings, [](const Timing& t) { return t.first_token; }),
      share(row.timings, [](const Timing& t) { return t.prefill_floor / t.first_token; }), token,
      token_share, fmt::format("{:.1f}", row.cold_first_token * 1e3));
}

/// Of two rows of the same shape and mode, round by round.
std::string ratio_line(const Contender& base, const LatencyRow& a, const Contender& other,
                       const LatencyRow& b) {
  std::vector<double> first;
  std::vector<double> token;
  for (size_t i = 0; i < a.timings.size(); ++i) {
    first.push_back(b.timings[i].first_token / a.timings[i].first_token);
    if (has_more_tokens(a)) token.push_back(b.timings[i].per_token / a.timings[i].per_token);
  }
  return fmt::format("{} : {}, {} tiles, {}: first token {}, per token {}\n", other.name, base.name,
                     a.shape.num_tiles, base.mode, shown(median_interval(std::move(first)), 2),
                     token.empty() ? "-" : shown(median_interval(std::move(token)), 2));
}

ordered_json entry(const std::string& name, const char* run_type, double seconds) {
  return {{"name", name},    {"run_name", name},           {"run_type", run_type},
          {"iterations", 1}, {"real_time", seconds * 1e3}, {"time_unit", "ms"}};
}

}  // namespace

std::string latency_table(const std::vector<Contender>& contenders,
                          const std::vector<LatencyRow>& rows) {
  std::string text = fmt::format(kColumns, "model", "mode", "tiles", "first token, ms",
                                 "floor / time", "per token, ms", "floor / time", "cold, ms");
  for (const auto& row : rows) text += line_of(contenders[row.contender], row);
  if (!rows.empty()) text.append("\n").append(interval_legend(rows.front().timings.size()));
  text += "floor / time: 1 at the machine's limit; a time of 1.35 x the floor is 0.74\n";
  for (const auto& contender : contenders) {
    text += fmt::format("{}, {}: {}\n", contender.name, contender.mode, contender.engine->passes());
  }
  for (const auto& a : rows) {
    for (const auto& b : rows) {
      const auto& base = contenders[a.contender];
      const auto& other = contenders[b.contender];
      const bool is_pair = base.name == contenders.front().name && base.name != other.name &&
                           base.mode == other.mode && a.shape.num_tiles == b.shape.num_tiles;
      if (is_pair) text += ratio_line(base, a, other, b);
    }
  }
  return text;
}

ordered_json latency_json(const std::vector<Contender>& contenders,
                          const std::vector<LatencyRow>& rows) {
  ordered_json json = {{"context",
                        {{"executable", "mono-bench"},
                         {"num_threads", at::get_num_threads()},
                         {"clock", "pixels and ids to logits on the host"}}},
                       {"benchmarks", ordered_json::array()}};
  for (const auto& contender : contenders) {
    json["context"]["passes"][contender.name + "/" + contender.mode] = contender.engine->passes();
  }
  for (const auto& row : rows) {
    const auto& contender = contenders[row.contender];
    const auto name = fmt::format("{}/{}/tiles:{}/text:{}", contender.name, contender.mode,
                                  row.shape.num_tiles, row.shape.num_text_tokens);
    for (size_t i = 0; i < row.timings.size(); ++i) {
      const auto& timing = row.timings[i];
      auto first = entry(name + "/first_token", "iteration", timing.first_token);
      first["repetition_index"] = i;
      first["floor_ms"] = timing.prefill_floor * 1e3;
      json["benchmarks"].push_back(first);
      if (!has_more_tokens(row)) continue;
      auto token = entry(name + "/per_token", "iteration", timing.per_token);
      token["repetition_index"] = i;
      token["floor_ms"] = timing.per_token_floor * 1e3;
      json["benchmarks"].push_back(token);
    }
    auto median = entry(name + "/first_token_median", "aggregate",
                        over(row.timings, [](const Timing& t) { return t.first_token; }).median);
    median["aggregate_name"] = "median";
    median["cold_ms"] = row.cold_first_token * 1e3;
    median["token_ids"] = row.token_ids;
    json["benchmarks"].push_back(median);
  }
  return json;
}

}  // namespace mono::bench
