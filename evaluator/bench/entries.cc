#include "evaluator/bench/entries.h"

#include <nlohmann/json.hpp>

#include "evaluator/bench/interval.h"

namespace mono::bench {
namespace {

using nlohmann::ordered_json;

ordered_json common(const std::string& run_name, size_t num_repetitions) {
  return {{"name", run_name},
          {"run_name", run_name},
          {"run_type", "iteration"},
          {"repetitions", num_repetitions},
          {"threads", 1},
          {"iterations", 1}};
}

}  // namespace

std::vector<ordered_json> entries_of(const std::string& run_name,
                                     const std::vector<model::Spent>& repetitions,
                                     const std::string& unit) {
  const double factor = unit == "us" ? 1e6 : 1e3;
  std::vector<ordered_json> entries;
  std::vector<double> real;
  std::vector<double> cpu;
  for (size_t i = 0; i < repetitions.size(); ++i) {
    real.push_back(repetitions[i].seconds * factor);
    cpu.push_back(repetitions[i].cpu_seconds * factor);
    auto entry = common(run_name, repetitions.size());
    entry["repetition_index"] = i;
    entry["real_time"] = real.back();
    entry["cpu_time"] = cpu.back();
    entry["time_unit"] = unit;
    entries.push_back(std::move(entry));
  }
  const auto median = median_interval(std::move(real));
  auto entry = common(run_name, repetitions.size());
  entry["name"] = run_name + "_median";
  entry["run_type"] = "aggregate";
  entry["aggregate_name"] = "median";
  entry["aggregate_unit"] = "time";
  entry["iterations"] = repetitions.size();
  entry["real_time"] = median.median;
  entry["cpu_time"] = median_interval(std::move(cpu)).median;
  entry["time_unit"] = unit;
  entry["low"] = median.low;
  entry["high"] = median.high;
  entry["coverage"] = median.coverage;
  entries.push_back(std::move(entry));
  return entries;
}

}  // namespace mono::bench
