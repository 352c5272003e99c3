#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tasks/reader/id_map_predictions.h"
#include "tasks/reader/reader.h"
#include "tasks/registry.h"
#include "tests/prompt_rows.h"
#include "tests/task_cases.h"

/// The samples behind the golden files of prompts, through our readers.
namespace mono::tests {

using SamplesById = std::map<std::string, std::shared_ptr<const tasks::Sample>>;

/// The data behind a golden file: tables beside it, or its own rows as a JSON Lines file.
struct Data {
  std::map<std::string, SamplesById> by_table{};
  int dropped = 0;
};

inline void add_table(Data& data, const std::string& table, const tasks::SampleSet& set) {
  data.dropped += set.dropped_without_image;
  for (size_t i = 0; i < set.samples.size(); ++i) {
    const bool is_table = set.format == "tsv";
    data.by_table[table][is_table ? set.samples[i]->id : std::to_string(i)] = set.samples[i];
  }
}

inline const tasks::Task& task_of(const nlohmann::json& row, const tasks::Task& fallback) {
  const auto* const task = tasks::find_task(row.at("dataset").get<std::string>());
  return task == nullptr ? fallback : *task;
}
const tasks::Task& task_of(const nlohmann::json&, tasks::Task&&) = delete;

/// Where neither an index nor the row's place says which sample it is: MME's are task and line,
/// MathVista's the problem's id.
inline void name_samples(std::vector<nlohmann::json>& golden) {
  std::map<std::string, int> num_lines;
  for (auto& row : golden) {
    const auto& cells = row.at("row");
    if (row.contains("tsv")) continue;
    if (cells.contains("line")) {
      const auto task = cells.at("category").get<std::string>();
      row["sample_id"] = task + ":" + std::to_string(++num_lines[task]);
    } else if (cells.contains("pid")) {
      row["sample_id"] = cells["pid"];
    }
  }
}

/// MME in InternVL's layout: a file of lines a task.
inline void add_lines(Data& data, const std::vector<nlohmann::json>& golden,
                      const tasks::Task& task, const tasks::Profile& profile) {
  std::map<std::string, std::string> files;
  for (const auto& row : golden) {
    const auto& cells = row.at("row");
    if (row.contains("tsv") || !cells.contains("line")) return;
    files[cells.at("category").get<std::string>() + ".txt"] +=
        cells["line"].get<std::string>() + "\n";
  }
  const ScratchFolder folder;
  for (const auto& [name, lines] : files) folder.write(name, lines);
  std::map<std::string, int> num_lines;
  for (const auto& sample : tasks::read_samples(folder.path(), task, profile).samples) {
    const auto line = std::to_string(++num_lines[sample->category]);
    data.by_table[table_of(golden.front())][sample->category + ":" + line] = sample;
  }
}

/// MathVista's rows, which InternVL's script has from the Hub, pictures and all.
inline void add_problems(Data& data, const std::vector<nlohmann::json>& golden) {
  for (const auto& row : golden) {
    if (row.contains("tsv") || !row.at("row").contains("pid")) return;
    auto sample = tasks::math_sample(row["row"], "golden row");
    const auto id = sample.id;
    sample.images.push_back({id, tasks::ImageSource(id + ".png")});
    data.by_table[table_of(row)][id] = std::make_shared<const tasks::Sample>(std::move(sample));
  }
}

inline Data read_data(const std::filesystem::path& path, const std::vector<nlohmann::json>& golden,
                      const tasks::Task& task, const std::string& profile) {
  Data data;
  add_lines(data, golden, task, task.profile(profile));
  add_problems(data, golden);
  if (!data.by_table.empty()) return data;
  std::map<std::string, std::string> lines;
  for (const auto& row : golden) {
    const auto table = table_of(row);
    if (is_caption(row)) {
      const auto sample = std::make_shared<const tasks::Sample>(caption_sample(row));
      data.by_table[table][sample->id] = sample;
    } else if (!row.contains("tsv")) {
      lines[table] += line_of(row).dump() + "\n";
    } else if (!data.by_table.contains(table)) {
      const auto& owner = task_of(row, task);
      add_table(
          data, table,
          tasks::read_samples(path.parent_path() / "tsv" / table, owner, owner.profile(profile)));
    }
  }
  const ScratchFolder folder;
  for (const auto& [table, text] : lines) {
    add_table(
        data, table,
        tasks::read_samples(folder.write(table + ".jsonl", text), task, task.profile(profile)));
  }
  return data;
}

}  // namespace mono::tests
