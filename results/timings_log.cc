#include "results/timings_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "model/adapter.h"
#include "results/json_lines.h"

namespace mono::results {

using nlohmann::ordered_json;

TimingsLog::TimingsLog(std::filesystem::path path) : path_(std::move(path)) {
  open();
  const auto torn =
      for_each_json_line(path_, LastLine::kMayBeTorn, [this](int, const ordered_json& row) {
        const auto call = row.find("call");
        if (call == row.end() || !call->is_number_integer()) return;
        next_call_ = std::max(next_call_, call->get<int64_t>() + 1);
      });
  if (torn && ::ftruncate(file_.get(), torn->offset) != 0) {
    fail_with_errno(path_, "cannot cut off the torn last line");
  }
  struct stat status = {};
  if (::fstat(file_.get(), &status) != 0) fail_with_errno(path_, "cannot read the size");
  size_ = status.st_size;
}

void TimingsLog::open() {
  file_ = FileDescriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!file_.is_open()) fail_with_errno(path_, "cannot open");
}

void TimingsLog::append(const ordered_json& row) {
  const auto line = json_line(row);
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
}

void TimingsLog::finish(const std::vector<std::string>& ids) {
  std::unordered_map<std::string, std::string> lines;
  for_each_json_line(path_, LastLine::kMayBeTorn, [&](int line, const ordered_json& row) {
    const auto id = row.find("id");
    if (id == row.end() || !id->is_string()) {
      model::fail(path_.string(), ":", line, ": a row has no text 'id'");
    }
    lines.insert_or_assign(id->get<std::string>(), json_line(row));
  });
  std::string content;
  for (const auto& id : ids) {
    if (const auto found = lines.find(id); found != lines.end()) content += found->second;
  }
  write_file_atomically(path_, content);
  open();
  size_ = static_cast<int64_t>(content.size());
}

}  // namespace mono::results
