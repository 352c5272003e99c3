#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>

#include "tests/program.h"

namespace mono::tests {

/// A small file system of its own; where the right to mount is missing, `is_mounted()` is false.
class SmallDisk {
 public:
  /// \param options  of tmpfs, such as "size=64k".
  SmallDisk(std::filesystem::path folder, const std::string& options) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    is_mounted_ =
        run_command("mount -t tmpfs -o " + options + " tmpfs " + folder_.string()).exit_code == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) run_command("umount " + folder_.string());
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_mounted() const { return is_mounted_; }
  const std::filesystem::path& folder() const { return folder_; }

  void remount(const std::string& options) const {
    ASSERT_EQ(run_command("mount -o remount," + options + " " + folder_.string()).exit_code, 0);
  }

 private:
  std::filesystem::path folder_;
  bool is_mounted_ = false;
};

}  // namespace mono::tests
