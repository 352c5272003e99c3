#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "results/file.h"

namespace mono::results {

/// The times of a run's rows, a JSON line each, beside its run log and guarded by that log's lock.
/// A row is one write(2) of a whole line; one that fails is undone.
class TimingsLog {
 public:
  /// Opens the file or begins one; a torn last line is cut off.
  /// \throws SetupError if the system refuses or a line is no JSON object.
  explicit TimingsLog(std::filesystem::path path);

  /// A number for a call that no row on record was asked in.
  int64_t next_call() const { return next_call_; }

  /// \param row  With a text `id`.
  /// \throws SetupError if it cannot be written, naming the file and the system's reason.
  void append(const nlohmann::ordered_json& row);

  /// Leaves one line for each of these ids that has times, in this order. A row that was timed
  /// twice, because the run was killed before its answer was on disk, keeps its later times.
  /// \throws SetupError as `append`.
  void finish(const std::vector<std::string>& ids);

 private:
  void open();

  std::filesystem::path path_;
  FileDescriptor file_{};
  int64_t size_ = 0;  // bytes of whole lines
  int64_t next_call_ = 0;
};

}  // namespace mono::results
