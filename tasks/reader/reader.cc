#include "tasks/reader/reader.h"

#include "tasks/reader/mapped_file.h"
#include "tasks/reader/samples.h"

namespace mono::tasks {

SampleSet read_samples(const std::filesystem::path& path, const Task& task,
                       const Profile& profile) {
  if (std::filesystem::is_directory(path) && !task.data_folder().empty()) {
    return read_mme_lines(path);
  }
  const auto file = MappedFile::open(path);
  const auto first = file->text().find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) model::fail(path.string(), ": the file is blank");
  switch (file->text()[first]) {
    case '{': {
      auto set = read_jsonl_samples(path, task.id_prefix());
      if (task.name() == "mmvet") add_mmvet_ground_truth(set, path);
      return set;
    }
    case '[':
      model::fail(path.string(), ":1: expected a TSV or JSON Lines file, got a JSON list");
    default:
      return read_tsv_samples(path, task, profile);
  }
}

}  // namespace mono::tasks
