#include "model/weights/checkpoint.h"

#include <map>
#include <set>
#include <string>

#include "model/adapter.h"
#include "model/joined.h"
#include "model/json_fields.h"

namespace mono::model {
namespace {

using WeightMap = std::map<std::string, std::string>;  // tensor to file name

WeightMap weight_map_of(const std::filesystem::path& index) {
  const auto json = read_json(index);
  const auto& map = JsonFields(index, "", json).at("weight_map");
  if (!map.is_object()) fail(index.string(), ": weight_map must be an object");
  WeightMap files;
  for (const auto& [tensor, file] : map.items()) {
    if (!file.is_string()) {
      fail(index.string(), ": weight_map.", tensor, " must be a file name, got ", file.dump());
    }
    const auto name = file.get<std::string>();
    if (name.empty() || std::filesystem::path(name).filename() != name || name == "..") {
      fail(index.string(), ": weight_map.", tensor, " must name a file of the folder, got ", name);
    }
    files.emplace(tensor, name);
  }
  return files;
}

std::string lines_of(const std::vector<std::string>& problems) {
  std::string text;
  for (const auto& problem : problems) text.append("\n  ").append(problem);
  return text;
}

StoredTensors read_shards(const std::filesystem::path& index) {
  const auto files = weight_map_of(index);
  std::set<std::string> shards;
  for (const auto& [tensor, file] : files) shards.insert(file);

  std::vector<std::string> problems;
  for (const auto& shard : shards) {
    if (!std::filesystem::exists(index.parent_path() / shard)) {
      problems.push_back(shard + " is absent");
    }
  }
  if (!problems.empty())
    fail(index.string(), ": names files that are not there:", lines_of(problems));

  StoredTensors all;
  std::set<std::string> broken;
  for (const auto& shard : shards) {
    StoredTensors tensors;
    try {
      tensors = read_safetensors(index.parent_path() / shard);
    } catch (const SetupError& fault) {  // the other shards may have faults too
      problems.emplace_back(fault.what());
      broken.insert(shard);
      continue;
    }
    for (auto& [tensor, stored] : tensors) {
      const auto expected = files.find(tensor);
      if (expected == files.end()) {
        problems.push_back(joined(tensor, " is in ", shard, ", but not in the index"));
      } else if (expected->second != shard) {
        problems.push_back(joined(tensor, " is in ", shard, ", the index says ", expected->second));
      } else {
        all.emplace(tensor, std::move(stored));
      }
    }
  }
  for (const auto& [tensor, file] : files) {
    if (!all.contains(tensor) && !broken.contains(file))
      problems.push_back(joined(tensor, " is not in ", file));
  }
  if (!problems.empty()) fail(index.string(), ": index and shards disagree:", lines_of(problems));
  return all;
}

}  // namespace

StoredTensors read_checkpoint(const std::filesystem::path& folder) {
  const auto single = folder / "model.safetensors";
  const auto index = folder / "model.safetensors.index.json";
  if (std::filesystem::exists(single)) return read_safetensors(single);
  if (std::filesystem::exists(index)) return read_shards(index);
  fail(folder.string(), ": holds neither model.safetensors nor model.safetensors.index.json");
}

}  // namespace mono::model
