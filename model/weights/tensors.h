#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
  /// \param dtype, device  what the taken weights are converted to.
  WeightTaker(StoredTensors tensors, at::ScalarType dtype, at::Device device);

  bool has(const std::string& name) const;

  /// Whether a tensor that was not taken yet has a name that begins so.
  bool has_prefix(const std::string& prefix) const;

  /// The weight, or an undefined tensor where it is missing or has another shape or no float dtype.
  at::Tensor take(const std::string& name, const std::vector<int64_t>& shape);

  /// A weight of which a call reads a few rows. On the CPU it stays in its file, whose pages the
  /// system can take back; it must not be written to. It is as `take` leaves it where it is stored
  /// in another dtype.
  at::Tensor take_table(const std::string& name, const std::vector<int64_t>& shape);

  /// Several weights of [rows[i], tail...] one under the other in one tensor; undefined where one
  /// of them is.
  at::Tensor take_stacked(const std::vector<std::string>& names, const std::vector<int64_t>& rows,
                          const std::vector<int64_t>& tail);

  void add_problem(std::string problem) { problems_.push_back(std::move(problem)); }

  /// Whether a tensor was not taken that had to be: any but stored rotary tables (`rotary_emb.`),
  /// which old exports hold.
  bool has_unused() const;

  /// The missing, misshaped, mistyped and unused tensors, one line each; of many the first and how
  /// many more there are.
  std::vector<std::string> problems() const;

 private:
  /// One that may be used, and is no longer to be taken; nothing, and a problem, where it may not.
  std::optional<StoredTensor> find(const std::string& name, const std::vector<int64_t>& shape);
  at::Tensor settled(const std::vector<StoredTensor>& parts,
                     const std::vector<int64_t>& shape) const;
  std::vector<std::string> unused() const;

  StoredTensors tensors_;  // not taken yet
  at::ScalarType dtype_;
  at::Device device_;
  std::vector<std::string> tensor_problems_{};
  std::vector<std::string> problems_{};
};

}  // namespace mono::model
