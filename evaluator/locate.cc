#include "evaluator/locate.h"

#include <cstdlib>
#include <string_view>
#include <vector>

#include "model/native/digest.h"
#include "tasks/reader/reader.h"

namespace mono::evaluator {

namespace fs = std::filesystem;

namespace {

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
  const auto files = tasks::find_samples(data, task, profile);
  if (files.empty()) {
    model::fail(data.string(), ": no data for task ", task.name(),
                "; looked for .tsv, .jsonl and .parquet files named ", task.name(), ", ",
                joined(task.aliases()), ", and for InternVL's and Hugging Face's folders");
  }
  if (files.size() > 1) {
    model::fail(data.string(), ": several files for task ", task.name(), ": ", joined(files),
                "; name one with --data FILE");
  }
  return files.front();
}

std::string digest_of(std::span<const fs::path> files) {
  if (files.size() == 1) return model::sha256_of_file(files.front());
  std::string digests;
  for (const auto& file : files) digests += model::sha256_of_file(file) + "\n";
  return model::sha256_of(digests);
}

fs::path data_root(const std::string& option) {
  if (!option.empty()) return option;
  const char* const lmu_data = std::getenv("LMUData");
  if (lmu_data != nullptr && *lmu_data != '\0') return lmu_data;
  model::fail<model::UsageError>("no data: give --data FOLDER or set LMUData");
}

}  // namespace mono::evaluator
