#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "evaluator/bench/context.h"
#include "evaluator/bench/entries.h"
#include "evaluator/bench/interval.h"
#include "evaluator/bench/throughput.h"

namespace mono::bench {
namespace {

using Value = double (*)(const ItemTimes&);

constexpr const char* kColumns = "{:<20} {:<22} {:<26} {:<20} {:<26} {:<20} {:<22} {}\n";

std::string over(const ThroughputRow& row, Value value) {
  std::vector<double> values;
  values.reserve(row.times.size());
  for (const auto& times : row.times) values.push_back(value(times));
  return shown(median_interval(std::move(values)), 2);
}

std::string line_of(const Contender& contender, const ThroughputRow& row) {
  return fmt::format(
      kColumns, contender.name, contender.mode,
      over(row, [](const ItemTimes& t) { return 1 / t.alone.seconds; }),
      over(row, [](const ItemTimes& t) { return t.alone_floor / t.alone.seconds; }),
      over(row, [](const ItemTimes& t) { return 1 / t.together.seconds; }),
      over(row, [](const ItemTimes& t) { return t.together_floor / t.together.seconds; }),
      over(row, [](const ItemTimes& t) { return t.alone.seconds / t.together.seconds; }),
      fmt::format("{:.3f}", row.same_answers));
}

/// Of two rows of the same mode, round by round: how many times as long `b` took an item.
std::string ratio_of(const ThroughputRow& a, const ThroughputRow& b, Value value) {
  std::vector<double> ratios;
  ratios.reserve(a.times.size());
  for (size_t i = 0; i < a.times.size(); ++i) {
    ratios.push_back(value(b.times[i]) / value(a.times[i]));
  }
  return shown(median_interval(std::move(ratios)), 2);
}

/// One way of asking.
struct Way {
  const char* name = "";
  model::Spent ItemTimes::*spent = nullptr;
  double ItemTimes::*floor = nullptr;
  Energy ThroughputRow::*energy = nullptr;
  Answers ThroughputRow::*answers = nullptr;
};

constexpr Way kWays[] = {{"alone", &ItemTimes::alone, &ItemTimes::alone_floor,
                          &ThroughputRow::energy_alone, &ThroughputRow::alone},
                         {"together", &ItemTimes::together, &ItemTimes::together_floor,
                          &ThroughputRow::energy_together, &ThroughputRow::together}};

std::vector<nlohmann::ordered_json> entries_for(const std::string& name, const ThroughputRow& row,
                                                const Way& way) {
  std::vector<model::Spent> spents;
  spents.reserve(row.times.size());
  for (const auto& times : row.times) spents.push_back(times.*way.spent);
  auto entries = entries_of(name + "/" + way.name, spents, "ms");
  for (size_t i = 0; i < row.times.size(); ++i) {
    entries[i]["items_per_second"] = 1 / spents[i].seconds;
    entries[i]["floor_ms"] = row.times[i].*way.floor * 1e3;
  }
  entries.back()["same_answers"] = row.same_answers;
  entries.back()["output_sha256"] = digest_of(row.*way.answers);
  add_card(entries.back(), row.card, row.*way.energy);
  return entries;
}

}  // namespace

std::string throughput_table(const std::vector<Contender>& contenders,
                             const std::vector<ThroughputRow>& rows) {
  auto text = fmt::format(kColumns, "model", "mode", "alone, answers a second", "floor / time",
                          "together", "floor / time", "together : alone", "same answers");
  for (const auto& row : rows) text += line_of(contenders[row.contender], row);
  if (!rows.empty()) text.append("\n").append(interval_legend(rows.front().times.size()));
  CardRanges card;
  for (const auto& row : rows) card.add(row.card);
  text += card_line(card);
  for (const auto& a : rows) {
    for (const auto& b : rows) {
      const auto& base = contenders[a.contender];
      const auto& other = contenders[b.contender];
      const bool is_pair = base.name == contenders.front().name && base.name != other.name &&
                           base.mode == other.mode;
      if (!is_pair) continue;
      text +=
          fmt::format("{} : {}, {}: seconds an item alone {}, together {}\n", other.name, base.name,
                      base.mode, ratio_of(a, b, [](const ItemTimes& t) { return t.alone.seconds; }),
                      ratio_of(a, b, [](const ItemTimes& t) { return t.together.seconds; }));
    }
  }
  return text;
}

nlohmann::ordered_json throughput_json(const std::vector<Contender>& contenders,
                                       const std::vector<ThroughputRow>& rows) {
  const auto& options = contenders.front().engine->options();
  Setting setting{.device = options.device,
                  .dtype = options.dtype,
                  .clock = "ids and pixels to all answers, an item"};
  auto benchmarks = nlohmann::ordered_json::array();
  for (const auto& row : rows) {
    const auto& contender = contenders[row.contender];
    for (const auto& way : kWays) {
      for (auto& entry : entries_for(contender.name + "/" + contender.mode, row, way)) {
        benchmarks.push_back(std::move(entry));
      }
    }
    for (const auto& times : row.times) setting.ceilings.push_back(times.ceilings);
  }
  return {{"context", context_json(setting)}, {"benchmarks", benchmarks}};
}

}  // namespace mono::bench
