#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/file.h"
#include "results/json_lines.h"

namespace mono::results {

/// What a run's log holds. The first line of the file is `{"header": {...}}`, every other one a row
/// with a unique text `id`.
struct RunLogContents {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  std::vector<nlohmann::ordered_json> rows{};
  std::optional<TornLine> torn{};  // what a killed run left of its last row
};

/// Reads a log, also one that is being written.
/// \throws SetupError naming file and line if there is no header or a second one, if a row has no
///         `id` or one that was there before, or at anything that is no row.
RunLogContents read_run_log(const std::filesystem::path& path);

/// Whether a run of this header may go on with a log; changes nothing. A log without a whole line
/// is one that any run may begin. \throws SetupError as `RunLog` does where it may not.
void check_run_log(const std::filesystem::path& path, const nlohmann::ordered_json& header);

struct RunLogOptions {
  /// A row that comes so long after the last synchronisation is followed by one; what is behind it
  /// a power cut loses, a kill never. 0 synchronises after each row.
  double sync_seconds = 1;
};

/// The append-only log of a run: written row by row, continued where an earlier run stopped.
///
/// A row is one write(2) of a whole line. A write that fails is undone, and a line without its
/// newline is never read as a row. One process at a time holds a log, for as long as this lives.
class RunLog {
 public:
  /// Opens a log or begins one; a torn last line is cut off. Missing folders are made.
  /// \param header  What must not change within a file: model, task, profile, data; of its
  ///         `schema_version` the major number. A file keeps the header it was begun with.
  /// \throws SetupError if another process holds the file, its header differs from `header` (the
  ///         message names the first difference), it is malformed, or the system refuses.
  RunLog(std::filesystem::path path, const nlohmann::ordered_json& header,
         RunLogOptions options = {});

  /// What the file held when it was opened; `torn` is no longer in it.
  const RunLogContents& found() const { return found_; }

  bool contains(std::string_view id) const { return lines_.contains(id); }

  /// Appends a row.
  /// \throws SetupError if it has no text `id` or one already there, or if it cannot be written,
  ///         naming the file and the system's reason; the file then ends behind the row before.
  void append(const nlohmann::ordered_json& row);

 private:
  void open();
  bool is_current_file() const;
  void adopt(const nlohmann::ordered_json& header);
  void cut_torn_line();
  void write_line(const std::string& line);
  void sync_in_time();

  std::filesystem::path path_;
  RunLogOptions options_;
  FileDescriptor file_{};
  RunLogContents found_{};
  std::map<std::string, int, std::less<>> lines_{};  // line of each id
  int num_lines_ = 0;
  int64_t size_ = 0;  // bytes of whole lines
  std::chrono::steady_clock::time_point last_sync_ = std::chrono::steady_clock::now();
};

}  // namespace mono::results
