#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "tasks/cell.h"
#include "tasks/reader/samples.h"
#include "tasks/text/list_literal.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr size_t kMaxReferenceSize = 64;  // a shorter `image` cell names another row

std::vector<std::string> texts_in(const std::string& cell) {
  const bool may_be_list = cell.starts_with('[') && cell.ends_with(']');
  if (may_be_list) {
    if (auto elements = parse_list_literal(cell)) return std::move(*elements);
  }
  return {cell};
}

/// The pictures of a table's rows: found in the `image` column, named as the profile's pipeline
/// names the files it writes.
class TablePictures {
 public:
  TablePictures(const TsvTable& table, const std::vector<Sample>& samples, const Task& task,
                const Profile& profile)
      : table_(table),
        samples_(samples),
        profile_(profile),
        folder_(task.image_folder(profile)),
        image_column_(table.column("image")),
        path_column_(table.column("image_path")) {
    for (size_t row = 0; row < samples.size(); ++row) {
      const auto [entry, is_new] = row_of_id_.emplace(samples[row].id, row);
      if (!is_new) {
        model::fail(where(row), ": index '", samples[row].id, "' was used before, at line ",
                    table.rows[entry->second].line);
      }
    }
  }

  bool is_absent(size_t row) const {
    return is_missing_text(field(row, image_column_ >= 0 ? image_column_ : path_column_).raw);
  }

  std::vector<SampleImage> images(size_t row) {
    if (image_column_ < 0) return files(row);
    const size_t source_row = referenced_row(row);
    auto sources = sources_in(source_row);
    const auto names = file_names(row, sources.size());
    std::vector<SampleImage> result;
    for (size_t i = 0; i < sources.size(); ++i) {
      result.push_back({names[i], first_written(names[i], std::move(sources[i]))});
    }
    return result;
  }

 private:
  std::string where(size_t row) const {
    return fmt::format("{}:{}", table_.path.string(), table_.rows[row].line);
  }

  const TsvField& field(size_t row, int column) const {
    return table_.rows[row].fields[static_cast<size_t>(column)];
  }

  std::vector<std::string> path_names(size_t row) const {
    if (path_column_ < 0) return {};
    const auto text = field(row, path_column_).text();
    if (is_missing_text(text)) return {};
    return texts_in(text);
  }

  size_t referenced_row(size_t row) const {
    const auto& cell = field(row, image_column_);
    if (cell.raw.size() > kMaxReferenceSize) return row;
    const auto text = cell.text();
    const auto integer = parse_int(text);
    const auto found = row_of_id_.find(integer.value_or(text));
    if (found == row_of_id_.end()) {
      model::fail(where(row),
                  ": column 'image': expected base64 or the index of another row, got '", text,
                  "'");
    }
    if (field(found->second, image_column_).raw.size() <= kMaxReferenceSize) {
      model::fail(where(row), ": column 'image': row ", text, " has no picture of its own");
    }
    return found->second;
  }

  std::vector<ImageSource> sources_in(size_t row) const {
    const auto& cell = field(row, image_column_);
    const auto origin = where(row) + ": column 'image'";
    const auto text = cell.text_in_file();
    if (text.data() == nullptr) {
      model::fail(origin, ": expected base64, got a text with quotes in it");
    }
    if (!text.starts_with('[')) return {ImageSource(table_.file, text, origin)};
    const auto elements = parse_list_literal(text);
    if (!elements || elements->empty()) {
      model::fail(origin, ": expected a list of base64 texts, got one that cannot be read");
    }
    std::vector<ImageSource> sources;
    for (size_t i = 0; i < elements->size(); ++i) {
      sources.emplace_back(table_.file, text, origin, static_cast<int>(i));
    }
    return sources;
  }

  /// Below the image root, as VLMEvalKit's `dump_image` names them.
  std::vector<std::string> file_names(size_t row, size_t num_images) const {
    const auto& rules = profile_.message;
    if (rules.pipeline == Pipeline::kInternVl) {
      return std::vector<std::string>(num_images, where(row));
    }
    const auto paths = path_names(row);
    const bool uses_paths = !paths.empty() && (num_images > 1 || rules.names_single_image);
    if (uses_paths && paths.size() != num_images) {
      model::fail(where(row), ": column 'image_path': expected ", num_images, " names, got ",
                  paths.size());
    }
    std::vector<std::string> names;
    for (size_t i = 0; i < num_images; ++i) {
      const auto number = num_images > 1 ? fmt::format("_{}", i) : std::string();
      const auto own_name = samples_[row].id + number + rules.image_extension;
      names.push_back(fmt::format("{}/{}", folder_, uses_paths ? paths[i] : own_name));
    }
    return names;
  }

  /// An image file that exists is not written again: the first row's picture is used for both.
  ImageSource first_written(const std::string& name, ImageSource source) {
    if (profile_.message.pipeline == Pipeline::kInternVl) return source;
    return written_.emplace(name, std::move(source)).first->second;
  }

  std::vector<SampleImage> files(size_t row) const {
    const auto folder = table_.path.parent_path();
    std::vector<SampleImage> result;
    for (const auto& name : path_names(row)) {
      auto path = folder / name;
      for (const auto& candidate : {folder / "images" / folder_ / name, folder / folder_ / name}) {
        if (!std::filesystem::exists(path)) path = candidate;
      }
      if (!std::filesystem::exists(path)) path = folder / name;
      result.push_back({name, ImageSource(path)});
    }
    return result;
  }

  const TsvTable& table_;
  const std::vector<Sample>& samples_;
  const Profile& profile_;
  std::string folder_;
  int image_column_;
  int path_column_;
  std::unordered_map<std::string, size_t> row_of_id_;
  std::unordered_map<std::string, ImageSource> written_;
};

void require_columns(const TsvTable& table) {
  if (table.column("index") < 0) {
    model::fail(table.path.string(), ":1: expected a column 'index', got none");
  }
  if (table.column("question") < 0) {
    model::fail(table.path.string(), ":1: expected a column 'question', got none");
  }
  if (table.column("image") < 0 && table.column("image_path") < 0) {
    model::fail(table.path.string(), ":1: expected a column 'image' or 'image_path', got neither");
  }
}

}  // namespace

SampleSet read_tsv_samples(const std::filesystem::path& path, const Task& task,
                           const Profile& profile) {
  const auto table = read_tsv(path);
  require_columns(table);
  constexpr std::string_view kLeftOut[] = {"image"};
  auto samples = samples_of_table(table, kLeftOut);
  TablePictures pictures(table, samples, task, profile);

  SampleSet set{.samples = {}, .format = "tsv"};
  std::vector<std::vector<SampleImage>> images(samples.size());
  for (size_t row = 0; row < samples.size(); ++row) {
    if (!pictures.is_absent(row)) images[row] = pictures.images(row);
  }
  for (size_t row = 0; row < samples.size(); ++row) {
    if (images[row].empty()) {
      ++set.dropped_without_image;
      continue;
    }
    samples[row].images = std::move(images[row]);
    set.samples.push_back(std::make_shared<const Sample>(std::move(samples[row])));
  }
  if (set.samples.empty()) {
    model::fail(path.string(), ": expected at least one row with a picture, got none of ",
                set.dropped_without_image);
  }
  return set;
}

}  // namespace mono::tasks
