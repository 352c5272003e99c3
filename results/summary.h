#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mono::results {

/// One number of a task; without a value it does not appear among the results.
struct MetricSummary {
  std::string name{};
  std::optional<double> value{};
  std::optional<double> standard_error{};
  bool is_higher_better = true;
};

/// What one task of a run came to, in one profile.
struct TaskSummary {
  std::string name{};     // unique within the run: the key of its results
  std::string alias{};    // shown to people; the name if empty
  std::string profile{};  // also the `filter` of lm-eval's metric keys, "none" if empty
  int version = 1;        // of the profile
  std::vector<MetricSummary> metrics{};
  int64_t num_samples = 0;          // of the data set
  int64_t num_scored = 0;           // with a score
  nlohmann::ordered_json config{};  // what decides the score: split, limits, generation
  nlohmann::ordered_json extras{};  // goes under `ext`
};

/// What a whole run came to. Empty texts and absent values become null.
struct RunSummary {
  std::string model{};       // as named on the command line
  std::string model_kind{};  // "native", "replay"
  std::string model_args{};
  std::string model_sha{};  // fingerprint of weights, config, tokenizer
  std::string chat_template_sha{};
  std::string device{};
  std::optional<int> batch_size{};
  std::optional<double> limit{};
  uint64_t seed = 0;
  std::string git_hash{};     // of this program
  std::string environment{};  // machine and libraries, for people
  double start_seconds = 0;   // Unix time
  double total_seconds = 0;   // wall clock of the run
  bool is_complete = true;    // false while a task is not finished
  std::vector<TaskSummary> tasks{};
  nlohmann::ordered_json extras{};  // goes under `ext`
};

/// The content of `results.json`: the keys of lm-evaluation-harness (EleutherAI/
/// lm-evaluation-harness, lm_eval/result_schema.py) and, under `ext`, ours.
/// \throws SetupError if two tasks have one name, or if more samples are scored than there are.
nlohmann::ordered_json results_json(const RunSummary& run);

}  // namespace mono::results
