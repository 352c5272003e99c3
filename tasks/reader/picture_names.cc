#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "model/adapter.h"
#include "tasks/reader/samples.h"
#include "tasks/text/list_literal.h"

namespace mono::tasks {
namespace {

/// The names in an `image_path` cell: one, or a list literal of several.
std::vector<std::string> path_names(const Sample& sample) {
  const auto* const cell = sample.cell("image_path");
  if (cell == nullptr || is_missing(*cell)) return {};
  auto text = cell_text(*cell);
  const bool may_be_list = text.starts_with('[') && text.ends_with(']');
  if (may_be_list) {
    if (auto elements = parse_list_literal(text)) return std::move(*elements);
  }
  return {std::move(text)};
}

/// Gives pictures the names under which a pipeline writes them to files. VLMEvalKit does not write
/// a file that exists again: of two pictures of one name the first is used for both.
class PictureNames {
 public:
  PictureNames(const Task& task, const Profile& profile, bool are_stored)
      : rules_(profile.message), folder_(task.image_folder(profile)), are_stored_(are_stored) {}

  /// \throws model::SetupError if the row names another number of pictures than it has.
  std::vector<SampleImage> named(const Sample& sample, std::vector<ImageSource> sources) {
    const auto names = file_names(sample, sources.size());
    std::vector<SampleImage> images;
    images.reserve(sources.size());
    for (size_t i = 0; i < sources.size(); ++i) {
      images.push_back({names[i], first_written(names[i], std::move(sources[i])), are_stored_});
    }
    return images;
  }

 private:
  bool is_internvl() const { return rules_.pipeline == Pipeline::kInternVl; }

  /// Below the image root, as VLMEvalKit's `dump_image` names them. InternVL's scripts write none:
  /// the row's id.
  std::vector<std::string> file_names(const Sample& sample, size_t num_images) const {
    auto paths = is_internvl() ? std::vector<std::string>() : path_names(sample);
    if (!are_stored_ && paths.size() == num_images) return paths;
    const bool uses_paths = !paths.empty() && (num_images > 1 || rules_.names_single_image);
    if (uses_paths && paths.size() != num_images) {
      model::fail("column 'image_path': expected ", num_images, " names, got ", paths.size());
    }
    std::vector<std::string> names;
    for (size_t i = 0; i < num_images; ++i) {
      const auto number = num_images > 1 ? fmt::format("_{}", i) : std::string();
      const auto own_name = sample.id + number + rules_.image_extension;
      const auto& name = uses_paths ? paths[i] : own_name;
      names.push_back(is_internvl() ? own_name : fmt::format("{}/{}", folder_, name));
    }
    return names;
  }

  ImageSource first_written(const std::string& name, ImageSource source) {
    if (is_internvl() || !are_stored_) return source;
    return written_.emplace(name, std::move(source)).first->second;
  }

  const MessageRules& rules_;
  std::string folder_;
  bool are_stored_;
  std::unordered_map<std::string, ImageSource> written_{};
};

}  // namespace

SampleSet finish_samples(const std::filesystem::path& path, SampleTable table,
                         std::vector<std::vector<ImageSource>> pictures, const Task& task,
                         const Profile& profile, bool are_stored) {
  PictureNames names(task, profile, are_stored);
  SampleSet set;
  std::vector<Place> places;
  places.reserve(table.num_rows());
  for (size_t row = 0; row < table.num_rows(); ++row) places.push_back(table.place(row));
  auto samples = std::move(table).samples();
  for (size_t row = 0; row < samples.size(); ++row) {
    auto& sample = samples[row];
    if (pictures[row].empty() && sample.fault.empty()) {
      ++set.dropped_without_image;
      continue;
    }
    const auto why = task.fault(sample, profile);
    if (sample.fault.empty() && !why.empty()) sample.fault = places[row].text() + ": " + why;
    try {
      sample.images = names.named(sample, std::move(pictures[row]));
    } catch (const model::SetupError& cause) {
      if (sample.fault.empty()) sample.fault = places[row].text() + ": " + cause.what();
    }
    set.samples.push_back(std::make_shared<const Sample>(std::move(sample)));
  }
  if (set.samples.empty()) {
    model::fail(path.string(), ": expected at least one row with a picture, got none of ",
                set.dropped_without_image);
  }
  return set;
}

}  // namespace mono::tasks
