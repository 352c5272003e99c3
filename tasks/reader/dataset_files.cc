#include "tasks/reader/dataset_files.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "model/adapter.h"
#include "tasks/reader/layouts.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/reader/mme_folder.h"
#include "tasks/reader/reader.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

namespace fs = std::filesystem;

constexpr int kNameDepth = 2;  // folders below a data folder in which named files are looked for
constexpr int kHubDepth = 5;   // LMUData/hub/lmms-lab/textvqa/data

std::set<std::string> data_names(const Task& task) {
  std::set<std::string> names = {lower(task.name())};
  for (const auto alias : task.aliases()) names.insert(lower(alias));
  return names;
}

std::vector<fs::path> files_below(const fs::path& folder, int depth,
                                  const std::set<std::string>& extensions) {
  std::vector<fs::path> found;
  auto entry = fs::recursive_directory_iterator(folder);
  for (; entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry.depth() >= depth) entry.disable_recursion_pending();
    if (entry->is_regular_file() && extensions.contains(entry->path().extension().string())) {
      found.push_back(entry->path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool is_among(const std::vector<std::string_view>& names, const fs::path& name) {
  return std::find(names.begin(), names.end(), name.string()) != names.end();
}

/// Whether a file's name begins with a split's: `validation-00000-of-00003.parquet`.
bool has_split(const fs::path& file, const HubFiles& hub) {
  const auto name = file.filename().string();
  return std::any_of(hub.splits.begin(), hub.splits.end(), [&](std::string_view split) {
    const size_t next = split.size();
    return name.starts_with(split) && next < name.size() && std::isalnum(name[next]) == 0 &&
           name[next] != '_';
  });
}

/// The Parquet files of a benchmark in a Hugging Face dataset's folder.
std::vector<fs::path> hub_files(const fs::path& folder, const HubFiles& hub) {
  std::vector<fs::path> found;
  for (const auto& file : files_below(folder, kHubDepth, {".parquet"})) {
    const auto config = file.parent_path();
    const bool is_config =
        hub.configs.empty() || config == folder || is_among(hub.configs, config.filename());
    if (is_config && has_split(file, hub)) found.push_back(file);
  }
  return found;
}

/// Folders below a data folder that are a dataset's of Hugging Face.
std::vector<fs::path> hub_folders(const fs::path& folder, const HubFiles& hub) {
  std::set<fs::path> found;
  for (const auto& file : files_below(folder, kHubDepth, {".parquet"})) {
    for (auto above = file.parent_path(); above != folder; above = above.parent_path()) {
      if (is_among(hub.folders, above.filename()) && !hub_files(above, hub).empty()) {
        found.insert(above);
        break;
      }
    }
  }
  return {found.begin(), found.end()};
}

/// Below InternVL's folder, its folder `data`, or the benchmark's own.
fs::path internvl_path(const fs::path& folder, std::string_view name) {
  const fs::path whole(name);
  const auto below_data = whole.lexically_relative(*whole.begin());
  for (const auto& path : {folder / whole, folder / below_data, folder / whole.filename()}) {
    if (fs::exists(path)) return path;
  }
  return {};
}

std::vector<fs::path> internvl_files(const fs::path& folder, const Layout& layout) {
  std::vector<fs::path> found;
  if (layout.task == "mme" && is_mme_folder(folder)) return {folder};
  for (const auto name : layout.internvl_files) {
    if (auto path = internvl_path(folder, name); !path.empty()) found.push_back(std::move(path));
  }
  if (!found.empty() || layout.internvl_else.empty()) return found;
  if (auto path = internvl_path(folder, layout.internvl_else); !path.empty()) return {path};
  return {};
}

/// `train-00001-of-00003.parquet` and the others of the three.
std::vector<fs::path> shards_of(const fs::path& file) {
  const auto name = file.filename().string();
  const size_t of = name.rfind("-of-");
  const size_t dash = of == std::string::npos ? of : name.rfind('-', of - 1);
  if (dash == std::string::npos) return {file};
  std::vector<fs::path> shards;
  for (const auto& entry : fs::directory_iterator(fs::absolute(file).parent_path())) {
    const auto other = entry.path().filename().string();
    const bool is_shard = other.size() == name.size() && other.starts_with(name.substr(0, dash)) &&
                          other.ends_with(name.substr(of));
    if (is_shard) shards.push_back(file.parent_path() / other);
  }
  std::sort(shards.begin(), shards.end());
  return shards;
}

DatasetFiles files_of_file(const fs::path& path) {
  const auto file = MappedFile::open(path);
  const auto text = file->text();
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) model::fail(path.string(), ": the file is blank");
  if (text.starts_with("PAR1")) return {DataForm::kParquet, shards_of(path)};
  const bool is_json = text[first] == '{' || text[first] == '[';
  return {is_json ? DataForm::kJson : DataForm::kTable, {path}};
}

}  // namespace

DatasetFiles dataset_files(const fs::path& path, const Task& task) {
  if (!fs::is_directory(path)) return files_of_file(path);
  const auto& layout = layout_of(task.name());
  if (layout.task == "mme" && is_mme_folder(path)) return {DataForm::kMmeFolder, {path}};
  const auto own = internvl_files(path, layout);
  if (own.size() == 1) return dataset_files(own.front(), task);
  if (!own.empty()) return {DataForm::kJson, own};
  auto parquet = hub_files(path, layout.hub);
  if (!parquet.empty()) return {DataForm::kParquet, std::move(parquet)};
  model::fail(path.string(), ": holds no data of task ", task.name());
}

std::vector<fs::path> find_samples(const fs::path& folder, const Task& task,
                                   const Profile& profile) {
  const auto& layout = layout_of(task.name());
  const auto names = data_names(task);
  std::vector<fs::path> tables, json, parquet;
  for (const auto& file : files_below(folder, kNameDepth, {".tsv", ".jsonl", ".parquet"})) {
    if (!names.contains(lower(file.stem().string()))) continue;
    const auto extension = file.extension();
    (extension == ".tsv" ? tables : extension == ".jsonl" ? json : parquet).push_back(file);
  }
  const auto own = internvl_files(folder, layout);
  if (json.empty() && !own.empty() && own.front().extension() != ".tsv") {
    json.push_back(own.size() == 1 ? own.front() : folder);
  }
  if (tables.empty() && !own.empty() && own.front().extension() == ".tsv") tables = own;
  if (parquet.empty()) parquet = hub_folders(folder, layout.hub);
  const bool prefers_json = profile.message.pipeline == Pipeline::kInternVl;
  for (auto* const found : {prefers_json ? &json : &tables, &tables, &json, &parquet}) {
    if (!found->empty()) return *found;
  }
  return {};
}

}  // namespace mono::tasks
