#include "evaluator/verbs/report_files.h"

#include <iterator>
#include <system_error>

#include "model/adapter.h"
#include "model/output_file.h"
#include "results/file.h"

namespace mono::evaluator {

namespace fs = std::filesystem;

namespace {

/// Without links, whether or not it exists.
fs::path resolved(const fs::path& path) {
  const auto target = results::link_target(fs::absolute(path));
  std::error_code error;
  const auto found = fs::weakly_canonical(target, error);
  return error ? target.lexically_normal() : found;
}

/// Where it lies, whatever it may be a link to.
fs::path place_of(const fs::path& file) {
  const auto whole = fs::absolute(file);
  return resolved(whole.parent_path()) / whole.filename();
}

bool is_part_of(const fs::path& place, const fs::path& run) {
  const auto inside = place.lexically_relative(resolved(run));
  if (inside.empty() || *inside.begin() == ".." || *inside.begin() == ".") return false;
  const bool is_below = std::distance(inside.begin(), inside.end()) > 1;
  return is_below || fs::exists(run / "results.json");
}

void check_outside(const ReportFile& file, const fs::path& run) {
  if (!is_part_of(resolved(file.path), run) && !is_part_of(place_of(file.path), run)) return;
  model::fail<model::UsageError>(file.option, ": ", file.path, " lies in the run ", run.string(),
                                 ", which is only read");
}

bool are_one(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return false;
  std::error_code ignored;  // one that is absent is not the other
  return fs::equivalent(a, b, ignored) || resolved(a) == resolved(b);
}

/// \throws SetupError naming the file for which a folder cannot be made.
void make_folders(const fs::path& folder, const std::string& file) {
  std::error_code error;
  fs::create_directories(folder, error);
  std::error_code ignored;  // what is there is asked for the file later
  if (!error || fs::exists(folder, ignored)) return;
  model::fail(file, ": cannot write: ", folder.string(), ": ", error.message());
}

}  // namespace

void check_report_files(std::span<const ReportFile> files, std::span<const fs::path> runs) {
  for (size_t i = 0; i < files.size(); ++i) {
    const auto& file = files[i];
    if (file.path.empty()) continue;
    for (const auto& run : runs) check_outside(file, run);
    for (const auto& earlier : files.first(i)) {
      if (!are_one(earlier.path, file.path)) continue;
      model::fail<model::UsageError>(file.option, ": ", file.path, " is the file of ",
                                     earlier.option, " too");
    }
  }
}

void check_not_read(const ReportFile& written, std::span<const ReportFile> read) {
  for (const auto& file : read) {
    if (!are_one(written.path, file.path)) continue;
    model::fail<model::UsageError>(written.option, ": ", written.path, " is the file that ",
                                   file.option, " reads");
  }
}

void prepare_folder_of(const std::string& path) {
  if (path.empty() || !results::is_replaceable(path)) return;
  const auto folder = fs::absolute(results::link_target(path)).parent_path();
  make_folders(folder, path);
  model::check_takes_new_files(folder, path);
}

void prepare_output(const std::string& path) {
  if (path.empty()) return;
  std::error_code ignored;  // then it is taken for absent
  if (fs::exists(path, ignored)) return model::check_can_be_written(path);
  const auto target = results::link_target(path);
  make_folders(fs::absolute(target).parent_path(), path);
  model::check_can_be_written(target);
}

void remove_report(const std::string& path) {
  std::error_code ignored;  // what cannot be removed cannot be written either, and says so then
  if (results::is_replaceable(path)) fs::remove(results::link_target(path), ignored);
}

}  // namespace mono::evaluator
