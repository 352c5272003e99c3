#include "evaluator/bench/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "evaluator/bench/answers.h"
#include "evaluator/bench/context.h"
#include "evaluator/bench/entries.h"
#include "evaluator/bench/interval.h"
#include "evaluator/bench/ratios.h"
#include "evaluator/bench/roofline.h"

namespace mono::bench {
namespace {

using nlohmann::ordered_json;
using Value = std::function<double(const Timing&)>;

constexpr const char* kColumns =
    "{:<20} {:<22} {:>5} {:>6} {:>7}  {:<32} {:<20} {:<30} {:<30} {:<30} {:<20} {:<34} {:>10} "
    "{:>8} "
    "{:>13}\n";

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

double tokens_per_second(const LatencyRow& row) {
  const auto num_tokens = static_cast<double>(row.answers.size() * row.answers.front().size());
  return num_tokens / over(row.timings, [](const Timing& t) { return t.end_to_end; }).median;
}

std::string line_of(const Contender& contender, const LatencyRow& row) {
  std::string vision = "-";
  std::string preprocess = "-";
  if (row.has_vision()) {
    preprocess = milliseconds(row.timings, [](const Timing& t) { return t.preprocess; });
    vision = milliseconds(row.timings, [](const Timing& t) { return t.vision; });
  }
  std::string token = "-";
  std::string token_share = "-";
  if (row.has_more_tokens()) {
    token = milliseconds(row.timings, [](const Timing& t) { return t.per_token; });
    if (row.concurrency == 1) {
      token_share =
          share(row.timings, [](const Timing& t) { return t.per_token_floor / t.per_token; });
    }
  }
  return fmt::format(
      kColumns, contender.name, contender.mode, row.shape.num_tiles, row.num_tokens,
      row.concurrency, milliseconds(row.timings, [](const Timing& t) { return t.first_token; }),
      share(row.timings, [](const Timing& t) { return t.prefill_floor / t.first_token; }), vision,
      preprocess, token, token_share,
      milliseconds(row.timings, [](const Timing& t) { return t.end_to_end; }),
      fmt::format("{:.1f}", tokens_per_second(row)),
      fmt::format("{}/{}", row.num_as_plain, row.answers.front().size()),
      fmt::format("{:.1f}", row.new_shape_first_token * 1e3));
}

/// One kind of time of a row and its floor.
struct Measure {
  const char* name = "";
  double Timing::*seconds = nullptr;
  double Timing::*cpu_seconds = nullptr;
  double Timing::*floor = nullptr;  // null where there is none
};

constexpr Measure kMeasures[] = {
    {"first_token", &Timing::first_token, &Timing::first_token_cpu, &Timing::prefill_floor},
    {"vision", &Timing::vision, &Timing::vision_cpu, &Timing::vision_floor},
    {"preprocess", &Timing::preprocess, &Timing::preprocess_cpu, nullptr},
    {"per_token", &Timing::per_token, &Timing::per_token_cpu, &Timing::per_token_floor},
    {"end_to_end", &Timing::end_to_end, &Timing::end_to_end_cpu, &Timing::end_to_end_floor}};

std::vector<ordered_json> entries_for(const std::string& name, const LatencyRow& row,
                                      const Measure& of) {
  std::vector<model::Spent> times;
  times.reserve(row.timings.size());
  for (const auto& timing : row.timings) {
    times.push_back({.seconds = timing.*of.seconds, .cpu_seconds = timing.*of.cpu_seconds});
  }
  auto entries = entries_of(name + "/" + of.name, times, "ms");
  const bool has_floor =
      of.floor != nullptr && (of.floor != &Timing::per_token_floor || row.concurrency == 1);
  for (size_t i = 0; has_floor && i < row.timings.size(); ++i) {
    entries[i]["floor_ms"] = row.timings[i].*of.floor * 1e3;
  }
  return entries;
}

}  // namespace

std::string latency_table(const std::vector<Contender>& contenders, const LatencyTimes& times) {
  std::string text =
      fmt::format(kColumns, "model", "mode", "tiles", "tokens", "at once", "first token, ms",
                  "floor / time", "vision alone, ms", "preprocess, ms", "per token, ms",
                  "floor / time", "end to end, ms", "tokens/s", "as plain", "new shape, ms");
  const auto& rows = times.rows;
  for (const auto& row : rows) text += line_of(contenders[row.contender], row);
  if (!rows.empty()) text.append("\n").append(interval_legend(rows.front().timings.size()));
  CardRanges card;
  for (const auto& row : rows) card.add(row.card);
  text += card_line(card);
  text +=
      "floor / time: 1 at the machine's limit; a time of 1.35 x the floor is 0.74\n"
      "preprocess: an RGB picture of 5/4 of the tiles' size to their pixels, on the host; in no "
      "other time\n"
      "per token of several at once: other prompts are read meanwhile, so that it has no floor\n"
      "as plain: tokens before an answer parts from that of a deterministic, unfused run";
  double given_up = 0;
  for (const auto& row : rows) given_up = std::max(given_up, row.most_given_up);
  text += given_up == 0 ? "\n"
                        : fmt::format(", whose token there is ahead by {:.2g} of a logit at most\n",
                                      given_up);
  for (size_t i = 0; i < contenders.size(); ++i) {
    text += fmt::format("{}, {}: {}; its first call {:.1f} ms{}\n", contenders[i].name,
                        contenders[i].mode, contenders[i].engine->passes(),
                        times.first_calls[i] * 1e3, i == 0 ? ", the first of the process" : "");
  }
  text += ratio_lines(contenders, rows);
  return text;
}

ordered_json latency_json(const std::vector<Contender>& contenders, const LatencyTimes& times) {
  const auto& options = contenders.front().engine->options();
  Setting setting{.device = options.device,
                  .dtype = options.dtype,
                  .clock = "pixels and ids to logits on the host"};
  auto benchmarks = ordered_json::array();
  for (const auto& row : times.rows) {
    const auto& contender = contenders[row.contender];
    const auto name =
        fmt::format("{}/{}/tiles:{}/text:{}/at_once:{}", contender.name, contender.mode,
                    row.shape.num_tiles, row.shape.num_text_tokens, row.concurrency);
    for (const auto& measure : kMeasures) {
      const bool is_first = measure.seconds == &Timing::first_token;
      if (measure.seconds == &Timing::per_token && !row.has_more_tokens()) continue;
      const bool is_of_picture =
          measure.seconds == &Timing::vision || measure.seconds == &Timing::preprocess;
      if (is_of_picture && !row.has_vision()) continue;
      auto entries = entries_for(name, row, measure);
      if (is_first) {
        entries.back()["new_shape_ms"] = row.new_shape_first_token * 1e3;
        entries.back()["token_ids"] = row.answers.front();
        entries.back()["output_sha256"] = digest_of(row.answers);
        entries.back()["tokens_as_plain"] = row.num_as_plain;
        entries.back()["logits_given_up"] = row.most_given_up;
        entries.back()["tokens_per_second"] = tokens_per_second(row);
        add_card(entries.back(), row.card, row.energy);
      }
      for (auto& entry : entries) benchmarks.push_back(std::move(entry));
    }
    for (const auto& timing : row.timings) setting.ceilings.push_back(timing.ceilings);
  }
  auto context = context_json(setting);
  for (size_t i = 0; i < contenders.size(); ++i) {
    const auto name = contenders[i].name + "/" + contenders[i].mode;
    context["passes"][name] = contenders[i].engine->passes();
    context["first_call_ms"][name] = times.first_calls[i] * 1e3;
  }
  return {{"context", context},
          {"benchmarks", benchmarks},
          {"ratios", ratios_json(contenders, times.rows)}};
}

std::string latency_roofline(const std::vector<Contender>& contenders, const LatencyTimes& times) {
  std::vector<RooflinePoint> points;
  std::vector<Ceilings> ceilings;
  for (const auto& row : times.rows) {
    for (const auto& timing : row.timings) ceilings.push_back(timing.ceilings);
    if (row.concurrency != 1) continue;  // other prompts are read meanwhile
    const auto& contender = contenders[row.contender];
    const auto value_size =
        static_cast<double>(c10::elementSize(contender.engine->options().dtype));
    const auto add = [&](const char* stage, const Work& work, double Timing::*seconds) {
      points.push_back(
          {.series = contender.name + ", " + contender.mode,
           .stage = stage,
           .label = fmt::format("{} tokens, {} at once", row.num_tokens, row.concurrency),
           .work = work,
           .seconds = over(row.timings, [=](const Timing& t) { return t.*seconds; }).median});
    };
    if (row.has_vision()) {
      add("vision", vision_work(contender.size, row.shape.num_tiles, value_size), &Timing::vision);
    }
    add("prefill", prefill_work(contender.size, row.shape, value_size), &Timing::first_token);
    if (row.has_more_tokens()) {
      const auto mean_length =
          row.num_tokens + static_cast<int64_t>(row.answers.front().size()) / 2;
      add("decode", decode_work(contender.size, mean_length, value_size), &Timing::per_token);
    }
  }
  return roofline_svg(points, median_of(ceilings));
}

}  // namespace mono::bench
