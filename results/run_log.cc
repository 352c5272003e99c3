#include "results/run_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

#include "model/adapter.h"
#include "results/schema.h"

namespace mono::results {

using model::fail;
using nlohmann::ordered_json;

namespace {

constexpr const char* kHeader = "header";

using Lines = std::map<std::string, int, std::less<>>;

std::string row_id(const ordered_json& row, const std::string& where) {
  const auto id = row.find("id");
  if (id == row.end() || !id->is_string()) fail(where, ": a row has no text 'id'");
  return id->get<std::string>();
}

/// Reads a log; `lines` receives the line of each row's id.
/// \returns what it holds and its number of whole lines.
std::pair<RunLogContents, int> parse_log(const std::filesystem::path& path, Lines& lines) {
  RunLogContents log;
  int num_lines = 0;
  const auto on_row = [&](int line, ordered_json row) {
    const auto where = path.string() + ":" + std::to_string(line);
    num_lines = line;
    if (row.contains(kHeader)) {
      if (line > 1) fail(where, ": a second header; the rows below it belong to another run");
      log.header = std::move(row[kHeader]);
      if (!log.header.is_object()) fail(where, ": the header is no JSON object");
      return;
    }
    if (line == 1) fail(where, ": expected the header of a run log");
    const auto [known, is_new] = lines.emplace(row_id(row, where), line);
    if (!is_new) fail(where, ": id '", known->first, "' is already in line ", known->second);
    log.rows.push_back(std::move(row));
  };
  log.torn = for_each_json_line(path, LastLine::kMayBeTorn, on_row);
  return {std::move(log), num_lines};
}

constexpr const char* kVersion = "schema_version";

/// The first key whose values differ, with both values; "" if the headers are equal but for the
/// schema's version, of which `check_schema` judges.
std::string difference(const ordered_json& file, const ordered_json& run) {
  std::set<std::string> keys;
  for (const auto& [key, value] : file.items()) keys.insert(key);
  for (const auto& [key, value] : run.items()) keys.insert(key);
  keys.erase(kVersion);
  for (const auto& key : keys) {
    const auto in_file = file.contains(key) ? file[key].dump() : "absent";
    const auto in_run = run.contains(key) ? run[key].dump() : "absent";
    if (in_file != in_run) {
      return fmt::format("'{}' is {}, this run's is {}", key, in_file, in_run);
    }
  }
  return "";
}

/// \throws SetupError if rows under `found` are not of the run of `header`.
void check_header(const ordered_json& found, const ordered_json& header, const std::string& path) {
  if (const auto kind = header.find("schema"); kind != header.end()) {
    check_schema(found, kind->get<std::string>(), path);
  }
  const auto changed = difference(found, header);
  if (changed.empty()) return;
  fail(path, ": rows of another run: ", changed, "; choose another output path");
}

/// Whether a file without a whole line may be the beginning of a log, so that cutting it harms
/// nothing of anyone else's.
bool begins_like_a_log(const std::filesystem::path& path) {
  constexpr std::string_view kBegin = R"({"header":)";
  std::ifstream file(path, std::ios::binary);
  std::string begin(kBegin.size(), '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<size_t>(file.gcount()));
  return kBegin.starts_with(begin);
}

}  // namespace

RunLogContents read_run_log(const std::filesystem::path& path) {
  Lines lines;
  auto [log, num_lines] = parse_log(path, lines);
  if (num_lines == 0) fail(path.string(), ": no header; not a run log, or one just begun");
  return std::move(log);
}

void check_run_log(const std::filesystem::path& path, const ordered_json& header) {
  Lines lines;
  const auto [log, num_lines] = parse_log(path, lines);
  if (num_lines > 0) check_header(log.header, header, path.string());
}

RunLog::RunLog(std::filesystem::path path, const ordered_json& header, RunLogOptions options)
    : path_(std::move(path)), options_(options) {
  if (!header.is_object()) fail(path_.string(), ": the header of a run must be a JSON object");
  open();
  adopt(header);
}

void RunLog::open() {
  if (path_.has_parent_path()) {
    std::error_code error;
    std::filesystem::create_directories(path_.parent_path(), error);
    if (error) fail(path_.parent_path().string(), ": cannot make the folder: ", error.message());
  }
  file_ = FileDescriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!file_.is_open()) fail_with_errno(path_, "cannot open");
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) fail(path_.string(), ": another process is writing this run log");
    fail_with_errno(path_, "cannot lock");
  }
  // Another process may have replaced the file between the opening and the lock.
  if (!is_current_file()) open();
}

bool RunLog::is_current_file() const {
  struct stat held = {}, named = {};
  if (::fstat(file_.get(), &held) != 0) fail_with_errno(path_, "cannot be examined");
  if (::stat(path_.c_str(), &named) != 0) {
    if (errno == ENOENT) return false;
    fail_with_errno(path_, "cannot be examined");
  }
  return held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

void RunLog::adopt(const ordered_json& header) {
  std::tie(found_, num_lines_) = parse_log(path_, lines_);
  if (num_lines_ > 0) {
    check_header(found_.header, header, path_.string());
  } else if (found_.torn && !begins_like_a_log(path_)) {
    fail(path_.string(), ": not a run log; choose another output path");
  }
  cut_torn_line();
  if (num_lines_ == 0) {
    found_.header = header;
    write_line(json_line({{kHeader, header}}));
  }
}

void RunLog::cut_torn_line() {
  if (found_.torn && ::ftruncate(file_.get(), found_.torn->offset) != 0) {
    fail_with_errno(path_, "cannot cut off the torn last line");
  }
  struct stat status = {};
  if (::fstat(file_.get(), &status) != 0) fail_with_errno(path_, "cannot read the size");
  size_ = status.st_size;
}

void RunLog::append(const ordered_json& row) {
  const auto id = row_id(row, path_.string());
  if (const auto known = lines_.find(id); known != lines_.end()) {
    fail(path_.string(), ": id '", id, "' is already in line ", known->second);
  }
  if (row.contains(kHeader)) fail(path_.string(), ": row '", id, "' has a field 'header'");
  write_line(json_line(row));
  lines_.emplace(id, num_lines_);
}

void RunLog::write_line(const std::string& line) {
  try {
    write_all(file_.get(), line, path_);
  } catch (const model::SetupError&) {
    // Behind a part of a row the next one would not be readable.
    if (::ftruncate(file_.get(), size_) != 0) {
      fail_with_errno(path_, "holds a part of a row that cannot be cut off");
    }
    throw;
  }
  size_ += static_cast<int64_t>(line.size());
  ++num_lines_;
  sync_in_time();
}

void RunLog::sync_in_time() {
  const auto now = std::chrono::steady_clock::now();
  if (std::chrono::duration<double>(now - last_sync_).count() < options_.sync_seconds) return;
  if (::fsync(file_.get()) != 0) fail_with_errno(path_, "cannot sync");
  last_sync_ = now;
}

}  // namespace mono::results
