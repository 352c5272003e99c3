#include "evaluator/locate.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "model/native/digest.h"

namespace mono::evaluator {

namespace fs = std::filesystem;

namespace {

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::set<std::string> data_names(const tasks::Task& task) {
  std::set<std::string> names = {lower_ascii(task.name())};
  for (const auto alias : task.aliases()) names.insert(lower_ascii(alias));
  return names;
}

std::vector<fs::path> data_files(const fs::path& folder, const std::set<std::string>& names) {
  std::vector<fs::path> found;
  auto entry = fs::recursive_directory_iterator(folder);
  for (; entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry.depth() >= 2) entry.disable_recursion_pending();
    const auto extension = entry->path().extension();
    if (extension != ".tsv" && extension != ".jsonl") continue;
    if (names.contains(lower_ascii(entry->path().stem().string()))) found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// The folder of that name, or of the files of lines in it where `folder` is that folder itself.
std::optional<fs::path> line_folder(const fs::path& folder, std::string_view name) {
  if (name.empty()) return std::nullopt;
  if (fs::absolute(folder / "").parent_path().filename() == name) return folder;
  auto entry = fs::recursive_directory_iterator(folder);
  for (; entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry.depth() >= 2) entry.disable_recursion_pending();
    if (entry->is_directory() && entry->path().filename() == name) return entry->path();
  }
  return std::nullopt;
}

std::string joined(const auto& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + std::string(item);
  return text;
}

}  // namespace

ModelSpec parse_model(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    model::fail<model::UsageError>("--model: expected NAME=PATH, got '", text, "'");
  }
  ModelSpec spec{.name = text.substr(0, equals), .path = text.substr(equals + 1)};
  if (spec.name.find_first_of("/\\") != std::string::npos || spec.name.starts_with(".")) {
    model::fail<model::UsageError>("--model: the name becomes a folder, '", spec.name,
                                   "' cannot be one");
  }
  if (spec.path.string().starts_with("http")) {
    model::fail<model::UsageError>("--model ", text,
                                   ": API servers are not supported yet; "
                                   "known: a checkpoint folder, a file of predictions");
  }
  if (!fs::exists(spec.path))
    model::fail("--model ", text, ": ", spec.path.string(), " does not exist");
  spec.is_checkpoint = fs::is_directory(spec.path);
  return spec;
}

fs::path find_data(const fs::path& data, const tasks::Task& task, const tasks::Profile& profile) {
  if (!fs::exists(data)) model::fail("data: ", data.string(), " does not exist");
  if (!fs::is_directory(data)) return data;
  if (profile.message.pipeline == tasks::Pipeline::kInternVl) {
    if (const auto folder = line_folder(data, task.data_folder())) return *folder;
  }
  const auto names = data_names(task);
  auto files = data_files(data, names);
  if (files.empty()) {
    model::fail(data.string(), ": no data for task ", task.name(),
                "; looked for .tsv and .jsonl files named ", joined(names));
  }
  const auto own = profile.message.pipeline == tasks::Pipeline::kInternVl ? ".jsonl" : ".tsv";
  const auto is_own = [&](const fs::path& file) { return file.extension() == own; };
  if (std::any_of(files.begin(), files.end(), is_own)) std::erase_if(files, std::not_fn(is_own));
  if (files.size() > 1) {
    model::fail(data.string(), ": several files for task ", task.name(), ": ", joined(files),
                "; name one with --data FILE");
  }
  return files.front();
}

std::string data_sha256(const fs::path& data) {
  if (!fs::is_directory(data)) return model::sha256_of_file(data);
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(data)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::string names_and_hashes;
  for (const auto& file : files) {
    names_and_hashes += file.filename().string() + " " + model::sha256_of_file(file) + "\n";
  }
  return model::sha256_of(names_and_hashes);
}

fs::path data_root(const std::string& option) {
  if (!option.empty()) return option;
  const char* const lmu_data = std::getenv("LMUData");
  if (lmu_data != nullptr && *lmu_data != '\0') return lmu_data;
  model::fail<model::UsageError>("no data: give --data FOLDER or set LMUData");
}

}  // namespace mono::evaluator
