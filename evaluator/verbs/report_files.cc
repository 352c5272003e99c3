#include "evaluator/verbs/report_files.h"

#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <system_error>

#include "model/adapter.h"
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

void prepare_folder_of(const ReportFile& file) {
  if (file.path.empty() || !results::is_replaceable(file.path)) return;
  const auto folder = fs::absolute(results::link_target(file.path)).parent_path();
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && ::access(folder.c_str(), W_OK) != 0) {
    error = std::error_code(errno, std::generic_category());
  }
  if (error) {
    model::fail(file.option, ": ", file.path, " cannot be written: ", folder.string(), ": ",
                error.message());
  }
}

void remove_report(const std::string& path) {
  std::error_code ignored;  // what cannot be removed cannot be written either, and says so then
  if (results::is_replaceable(path)) fs::remove(results::link_target(path), ignored);
}

}  // namespace mono::evaluator
