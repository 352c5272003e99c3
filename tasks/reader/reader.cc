#include "tasks/reader/reader.h"

#include <algorithm>

#include "model/adapter.h"
#include "tasks/reader/dataset_files.h"
#include "tasks/reader/json_rows.h"
#include "tasks/reader/layout_rows.h"
#include "tasks/reader/mme_folder.h"
#include "tasks/reader/parquet_rows.h"
#include "tasks/reader/samples.h"

namespace mono::tasks {
namespace {

/// For rows without a file of annotations beside them.
/// \throws model::SetupError where the task can use none of them and its layout knows such a file:
///         that is what is missing, and not something of each row.
void require_annotations(const std::filesystem::path& rows, const Layout& layout,
                         const SampleSet& set, const Task& task, const Profile& profile) {
  const auto& files = layout.annotations.files;
  if (files.empty() || files.front() == kSameFile || set.samples.empty()) return;
  const auto can_use = [&](const auto& sample) { return task.fault(*sample, profile).empty(); };
  if (std::any_of(set.samples.begin(), set.samples.end(), can_use)) return;
  const auto path = std::filesystem::absolute(rows).parent_path() / files.front();
  model::fail(path.string(), ": no such file; the rows of ", rows.string(),
              " cannot be used without it: ", task.fault(*set.samples.front(), profile));
}

/// A dataset whose rows are fields of a layout.
SampleSet read_fields(const DatasetFiles& data, const Task& task, const Profile& profile) {
  const auto& layout = layout_of(task.name());
  LayoutRows rows(layout, /*keeps_rest=*/data.form == DataForm::kJson);
  std::vector<std::filesystem::path> read;
  for (const auto& file : data.files) {
    std::vector<std::filesystem::path> files = {file};
    if (data.form == DataForm::kJson) files = add_json_rows(file, layout, rows);
    if (data.form == DataForm::kMmeFolder) files = add_mme_rows(file, rows);
    if (data.form == DataForm::kParquet) add_parquet_rows(file, layout, rows);
    read.insert(read.end(), files.begin(), files.end());
  }
  std::vector<std::vector<ImageSource>> pictures;
  auto rules = read_rules(layout, profile);
  // InternVL's script pairs the lines of a task's file as they stand there.
  rules.keeps_file_order =
      data.form == DataForm::kMmeFolder && profile.message.pipeline == Pipeline::kInternVl;
  auto table = std::move(rows).table(rules, pictures);
  auto set =
      finish_samples(data.files.front(), std::move(table), std::move(pictures), task, profile);
  set.files = std::move(read);
  if (data.form == DataForm::kJson && set.files == data.files) {
    require_annotations(data.files.front(), layout, set, task, profile);
  }
  return set;
}

const char* name_of(DataForm form) {
  switch (form) {
    case DataForm::kTable:
      return "tsv";
    case DataForm::kJson:
      return "internvl-json";
    case DataForm::kMmeFolder:
      return "internvl-mme";
    case DataForm::kParquet:
      return "parquet";
  }
  return "";
}

}  // namespace

SampleSet read_samples(const std::filesystem::path& path, const Task& task,
                       const Profile& profile) {
  const auto data = dataset_files(path, task);
  auto set = data.form == DataForm::kTable ? read_tsv_samples(data.files.front(), task, profile)
                                           : read_fields(data, task, profile);
  set.format = name_of(data.form);
  if (set.files.empty()) set.files = data.files;
  return set;
}

}  // namespace mono::tasks
