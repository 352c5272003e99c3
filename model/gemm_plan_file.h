#pragma once

#include <c10/core/Device.h>

#include <cstddef>
#include <filesystem>

namespace mono::model {

/// A file of the plans that matrix products follow on a GPU (kernels/gemm_plan.h). Who reads the
/// same file multiplies with the same algorithms, also where they are chosen by their times.
class GemmPlanFile {
 public:
  /// Pins the plans of the file, where there is one.
  /// \throws UsageError for a device that is no GPU; SetupError for a file that cannot be used.
  GemmPlanFile(std::filesystem::path path, c10::Device device);

  /// Writes the file's plans and those made since, if there are any.
  /// \throws SetupError if that fails.
  void save();

 private:
  std::filesystem::path path_;
  c10::Device device_;
  size_t num_saved_ = 0;
};

}  // namespace mono::model
