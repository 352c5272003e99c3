#include <algorithm>
#include <array>
#include <utility>

#include "tasks/reader/mapped_file.h"
#include "tasks/reader/samples.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPictures = "MME_Benchmark_release_version";

/// The file of a picture: InternVL's archive keeps those of a task in one folder, MME's own archive
/// keeps some in `images` below it; either lies above the folder of lines, also under `data/mme`.
fs::path find_picture(const fs::path& folder, const std::string& task, const std::string& name) {
  const fs::path in_task = fs::path(kPictures) / task;
  for (auto base = folder;; base = base.parent_path()) {
    for (const auto& root : {base / "data" / "mme" / in_task, base / in_task}) {
      for (const auto& path : {root / name, root / "images" / name}) {
        if (fs::exists(path)) return path;
      }
    }
    if (base == base.parent_path()) return folder / in_task / name;
  }
}

/// `image <tab> question <tab> answer`, the line stripped before it is taken apart.
Sample sample_of_line(std::string_view line, const std::string& task, const std::string& id,
                      const std::string& where) {
  std::vector<std::string> fields(1);
  for (const char c : strip(line)) {
    if (c == '\t') {
      fields.emplace_back();
    } else {
      fields.back().push_back(c);
    }
  }
  if (fields.size() != 3) {
    model::fail(where, ": expected picture, question and answer, got ", fields.size(),
                " fields between tabs");
  }
  return sample_of_cells({{"index", id},
                          {"category", task},
                          {"image_path", task + "/" + fields[0]},
                          {"question", fields[1]},
                          {"answer", fields[2]}},
                         where);
}

void read_task(const fs::path& path, SampleSet& set) {
  const auto file = MappedFile::open(path);
  const auto task = path.stem().string();
  const auto folder = fs::absolute(path).parent_path();
  auto rest = file->text();
  for (int line = 1; !rest.empty(); ++line) {
    const size_t end = rest.find('\n');
    const auto where = path.string() + ":" + std::to_string(line);
    auto sample =
        sample_of_line(rest.substr(0, end), task, task + ".txt:" + std::to_string(line), where);
    const auto name = cell_text(*sample.cell("image_path"));
    sample.images.push_back(
        {name, ImageSource(find_picture(folder, task, name.substr(task.size() + 1)))});
    set.samples.push_back(std::make_shared<const Sample>(std::move(sample)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
}

}  // namespace

SampleSet read_mme_lines(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  if (files.empty()) model::fail(folder.string(), ": expected files <task>.txt, got none");
  std::sort(files.begin(), files.end());
  SampleSet set{.samples = {}, .format = "mme-lines"};
  for (const auto& path : files) read_task(path, set);
  return set;
}

}  // namespace mono::tasks
