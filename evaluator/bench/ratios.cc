#include "evaluator/bench/ratios.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "evaluator/bench/published_latency.h"

namespace mono::bench {
namespace {

using nlohmann::ordered_json;

MedianInterval ratio_of(const LatencyRow& base, const LatencyRow& other, double Timing::*value) {
  std::vector<double> ratios;
  ratios.reserve(base.timings.size());
  for (size_t i = 0; i < base.timings.size(); ++i) {
    ratios.push_back(other.timings[i].*value / (base.timings[i].*value));
  }
  return median_interval(std::move(ratios));
}

bool is_monolithic(const ModelSize& size) {
  return size.config.vision.architecture == model::VisionArchitecture::kPatchOnly;
}

double prefill_flops(const Contender& contender, const LatencyRow& row) {
  return prefill_work(contender.size, row.shape, /*bytes_per_value=*/1).flops;
}

/// The paper's ratio, turned to stand beside other : base.
std::optional<double> published_ratio(const Contender& base, const Contender& other,
                                      int64_t num_tokens) {
  const auto row = published_latency(num_tokens);
  if (!row || is_monolithic(base.size) == is_monolithic(other.size)) return {};
  const double ratio = row->modular_over_mono();
  return is_monolithic(base.size) ? ratio : 1 / ratio;
}

bool are_compared(const std::vector<Contender>& contenders, const LatencyRow& a,
                  const LatencyRow& b) {
  const auto& base = contenders[a.contender];
  const auto& other = contenders[b.contender];
  return base.name == contenders.front().name && base.name != other.name &&
         base.mode == other.mode && a.shape.num_tiles == b.shape.num_tiles &&
         a.shape.num_text_tokens == b.shape.num_text_tokens && a.concurrency == b.concurrency;
}

std::string line_of(const std::vector<Contender>& contenders, const std::vector<LatencyRow>& rows,
                    const LatencyRatio& ratio) {
  const auto& row = rows[ratio.base];
  const auto& base = contenders[row.contender];
  auto text = fmt::format(
      "{} : {}, {} tiles, {} tokens, {} at once, {}: first token {}, per token {}, end to end {}\n"
      "  FLOPs of the prefill {:.2f}; measured is {:.2f} x that",
      contenders[rows[ratio.other].contender].name, base.name, row.shape.num_tiles, row.num_tokens,
      row.concurrency, base.mode, shown(ratio.first_token, 2),
      ratio.per_token ? shown(*ratio.per_token, 2) : "-", shown(ratio.end_to_end, 2), ratio.flops,
      ratio.first_token.median / ratio.flops);
  if (ratio.published) {
    text += fmt::format(
        "; the paper's first token {:.2f} is {:.2f} x that ({} at once, {} new tokens, A100)",
        *ratio.published, *ratio.published / ratio.flops, PublishedLatency::kConcurrency,
        PublishedLatency::kNewTokens);
  }
  return text + "\n";
}

ordered_json interval_json(const MedianInterval& interval) {
  return {{"median", interval.median},
          {"low", interval.low},
          {"high", interval.high},
          {"coverage", interval.coverage}};
}

}  // namespace

std::vector<LatencyRatio> latency_ratios(const std::vector<Contender>& contenders,
                                         const std::vector<LatencyRow>& rows) {
  std::vector<LatencyRatio> ratios;
  for (size_t a = 0; a < rows.size(); ++a) {
    for (size_t b = 0; b < rows.size(); ++b) {
      if (!are_compared(contenders, rows[a], rows[b])) continue;
      const auto& base = contenders[rows[a].contender];
      const auto& other = contenders[rows[b].contender];
      auto& ratio = ratios.emplace_back();
      ratio = {.base = a,
               .other = b,
               .first_token = ratio_of(rows[a], rows[b], &Timing::first_token),
               .end_to_end = ratio_of(rows[a], rows[b], &Timing::end_to_end),
               .flops = prefill_flops(other, rows[b]) / prefill_flops(base, rows[a]),
               .published = published_ratio(base, other, rows[a].num_tokens)};
      if (rows[a].has_more_tokens() && rows[a].concurrency == 1) {
        ratio.per_token = ratio_of(rows[a], rows[b], &Timing::per_token);
      }
    }
  }
  return ratios;
}

std::string ratio_lines(const std::vector<Contender>& contenders,
                        const std::vector<LatencyRow>& rows) {
  std::string text;
  for (const auto& ratio : latency_ratios(contenders, rows)) {
    text += line_of(contenders, rows, ratio);
  }
  return text;
}

ordered_json ratios_json(const std::vector<Contender>& contenders,
                         const std::vector<LatencyRow>& rows) {
  auto list = ordered_json::array();
  for (const auto& ratio : latency_ratios(contenders, rows)) {
    const auto& row = rows[ratio.base];
    ordered_json json = {{"base", contenders[row.contender].name},
                         {"other", contenders[rows[ratio.other].contender].name},
                         {"mode", contenders[row.contender].mode},
                         {"tiles", row.shape.num_tiles},
                         {"tokens", row.num_tokens},
                         {"concurrency", row.concurrency},
                         {"first_token", interval_json(ratio.first_token)},
                         {"end_to_end", interval_json(ratio.end_to_end)},
                         {"flops", ratio.flops}};
    if (ratio.per_token) json["per_token"] = interval_json(*ratio.per_token);
    if (ratio.published) json["published_first_token"] = *ratio.published;
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace mono::bench
