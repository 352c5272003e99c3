#include "tasks/reader/mme_folder.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/reader/named_file.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 14> kTasks = {"OCR",       "artwork",
                                                     "celebrity", "code_reasoning",
                                                     "color",     "commonsense_reasoning",
                                                     "count",     "existence",
                                                     "landmark",  "numerical_calculation",
                                                     "position",  "posters",
                                                     "scene",     "text_translation"};
constexpr const char* kArchive = "MME_Benchmark_release_version";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields(1);
  for (const char c : strip(line)) {
    if (c == '\t') {
      fields.emplace_back();
    } else {
      fields.back().push_back(c);
    }
  }
  return fields;
}

/// The folder of a task's pictures' archive, seen from InternVL's folder of questions.
fs::path archive_for(const fs::path& questions) {
  for (auto base = fs::absolute(questions).parent_path();; base = base.parent_path()) {
    for (const auto& folder :
         {base / "data/mme" / kArchive, base / "mme" / kArchive, base / kArchive}) {
      if (fs::is_directory(folder)) return folder;
    }
    if (base == base.parent_path()) return fs::absolute(questions).parent_path() / kArchive;
  }
}

fs::path picture_in(const fs::path& archive, const std::string& task, const std::string& image) {
  const auto nested = archive / task / "images" / image;
  return is_there(nested) ? nested : archive / task / image;
}

std::vector<fs::path> text_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// The picture of a question file of the archive: the same name, whatever its format.
std::string image_beside(const fs::path& task_folder, const std::string& stem) {
  for (const char* const extension : {".jpg", ".png", ".jpeg"}) {
    for (const auto& folder : {task_folder / "images", task_folder}) {
      if (is_there(folder / (stem + extension))) return stem + extension;
    }
  }
  return stem + ".jpg";
}

/// One MME task on its way into rows.
struct MmeTask {
  const fs::path& archive;
  std::string name;
  LayoutRows& rows;
  std::vector<fs::path>& files;

  /// \param fields  Picture, question, answer.
  void add(const Place& place, const std::vector<std::string>& fields) const {
    FieldRow info{.place = place};
    auto row = nlohmann::json::object();
    row["category"] = name;
    if (fields.size() == 3) {
      const auto path = name + "/" + fields[0];
      row.update({{"image_path", path}, {"question", fields[1]}, {"answer", fields[2]}});
      info.pictures.push_back({path, ImageSource(picture_in(archive, name, fields[0]))});
    } else {
      info.fault = "expected picture, question and answer between tabs, got " +
                   std::to_string(fields.size()) + " fields";
    }
    rows.add(row, std::move(info));
  }

  /// \param image  "" where each line names its picture itself.
  void add_file(const fs::path& path, const std::string& image) const {
    const auto file = MappedFile::open(path);
    files.push_back(path);
    const auto place = std::make_shared<const std::string>(path.string() + ":");
    int64_t number = 0;
    for (const auto line : lines_of(file->text())) {
      ++number;
      if (strip(line).empty()) continue;
      auto fields = fields_of(line);
      if (!image.empty()) fields.insert(fields.begin(), image);
      add({place, number}, fields);
    }
  }

  void add_archive_folder() const {
    const auto folder = archive / name;
    const auto nested = folder / "questions_answers_YN";
    for (const auto& file : text_files(fs::is_directory(nested) ? nested : folder)) {
      add_file(file, image_beside(folder, file.stem().string()));
    }
  }
};

}  // namespace

bool is_mme_folder(const fs::path& folder) {
  return std::any_of(kTasks.begin(), kTasks.end(), [&](std::string_view task) {
    return fs::exists(folder / (std::string(task) + ".txt")) || fs::is_directory(folder / task);
  });
}

std::vector<fs::path> mme_text_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto task : kTasks) {
    const auto path = folder / (std::string(task) + ".txt");
    if (fs::exists(path)) files.push_back(path);
  }
  return files;
}

std::vector<fs::path> add_mme_rows(const fs::path& folder, LayoutRows& rows) {
  std::vector<fs::path> files;
  for (const auto task : kTasks) {
    const auto questions = folder / (std::string(task) + ".txt");
    const bool has_questions = fs::exists(questions);
    const auto archive = has_questions ? archive_for(folder) : folder;
    const MmeTask reader{archive, std::string(task), rows, files};
    if (has_questions) {
      reader.add_file(questions, "");
    } else if (fs::is_directory(folder / task)) {
      reader.add_archive_folder();
    }
  }
  if (rows.size() == 0) model::fail(folder.string(), ": expected MME questions, got none");
  return files;
}

}  // namespace mono::tasks
