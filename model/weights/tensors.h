#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/safetensors.h"

namespace mono::model {

/// A stored tensor as it lies in the file, without a copy where its address is aligned. It must
/// not be written to; it keeps the file mapped.
/// \throws SetupError for a dtype Torch has no like of.
at::Tensor tensor_over(const StoredTensor& stored);

/// The format's name for a dtype: "BF16", "F32", "I64" ...
/// \throws SetupError for a dtype the format has no name for.
std::string_view stored_dtype_of(at::ScalarType dtype);

/// Hands out the weights of a checkpoint by name and collects everything wrong with it, so that
/// one message tells all.
class WeightTaker {
 public:
  /// \param dtype, device  what the taken weights are converted to; equal dtypes on the CPU stay
  ///                       where they are in the file.
  WeightTaker(StoredTensors tensors, at::ScalarType dtype, at::Device device);

  bool has(const std::string& name) const;

  /// The weight, or an undefined tensor where it is missing or has another shape or no float dtype.
  at::Tensor take(const std::string& name, const std::vector<int64_t>& shape);

  /// \throws SetupError naming every missing, misshaped and unused tensor. Stored rotary tables
  /// (`rotary_emb.`), which old exports hold, may stay unused.
  void finish(const std::filesystem::path& folder);

 private:
  StoredTensors tensors_;  // not taken yet
  at::ScalarType dtype_;
  at::Device device_;
  std::vector<std::string> problems_{};
};

}  // namespace mono::model
