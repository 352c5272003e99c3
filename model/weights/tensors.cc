#include "model/weights/tensors.h"

#include <ATen/ATen.h>

#include <array>
#include <cstring>
#include <numeric>
#include <optional>
#include <utility>

#include "kernels/huge_pages.h"
#include "model/adapter.h"
#include "model/joined.h"

namespace mono::model {
namespace {

constexpr std::array<std::pair<std::string_view, at::ScalarType>, 9> kDtypes = {
    {{"BF16", at::kBFloat16},
     {"F16", at::kHalf},
     {"F32", at::kFloat},
     {"F64", at::kDouble},
     {"I64", at::kLong},
     {"I32", at::kInt},
     {"U8", at::kByte},
     {"I8", at::kChar},
     {"BOOL", at::kBool}}};

at::ScalarType dtype_of(const StoredTensor& stored) {
  for (const auto& [name, dtype] : kDtypes) {
    if (name == stored.dtype) return dtype;
  }
  fail(stored.path.string(), ": no tensor type for dtype ", stored.dtype);
}

bool is_weight_dtype(const std::string& dtype) {
  return dtype == "BF16" || dtype == "F16" || dtype == "F32";
}

std::vector<std::string> shortened(std::vector<std::string> lines) {
  constexpr size_t kShown = 20;
  if (lines.size() <= kShown) return lines;
  const auto num_more = lines.size() - kShown;
  lines.resize(kShown);
  lines.push_back(joined("and ", num_more, " more"));
  return lines;
}

}  // namespace

at::Tensor tensor_over(const StoredTensor& stored) {
  const auto options = at::TensorOptions(dtype_of(stored));
  const auto address = reinterpret_cast<uintptr_t>(stored.bytes.data());
  const bool is_aligned = address % item_size_of(stored.dtype) == 0;
  if (stored.bytes.empty() || !is_aligned) {
    auto copy = at::empty(stored.shape, options);
    if (!stored.bytes.empty()) {
      std::memcpy(copy.data_ptr(), stored.bytes.data(), stored.bytes.size());
    }
    return copy;
  }
  auto* const data = const_cast<std::byte*>(stored.bytes.data());
  return at::from_blob(
      data, stored.shape, [file = stored.file](void*) {}, options);
}

std::string_view stored_dtype_of(at::ScalarType dtype) {
  for (const auto& [name, known] : kDtypes) {
    if (known == dtype) return name;
  }
  fail("no safetensors dtype for ", c10::toString(dtype));
}

WeightTaker::WeightTaker(StoredTensors tensors, at::ScalarType dtype, at::Device device)
    : tensors_(std::move(tensors)), dtype_(dtype), device_(device) {}

bool WeightTaker::has(const std::string& name) const {
  return tensors_.contains(name);
}

bool WeightTaker::has_prefix(const std::string& prefix) const {
  const auto first = tensors_.lower_bound(prefix);
  return first != tensors_.end() && first->first.starts_with(prefix);
}

std::optional<StoredTensor> WeightTaker::find(const std::string& name,
                                              const std::vector<int64_t>& shape) {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    tensor_problems_.push_back(joined("missing: ", name, " ", at::IntArrayRef(shape)));
    return {};
  }
  auto stored = std::move(found->second);
  tensors_.erase(found);
  if (stored.shape != shape) {
    tensor_problems_.push_back(joined("misshaped: ", name, " must be ", at::IntArrayRef(shape),
                                      ", got ", at::IntArrayRef(stored.shape)));
    return {};
  }
  if (!is_weight_dtype(stored.dtype)) {
    tensor_problems_.push_back(
        joined("mistyped: ", name, " must be BF16, F16 or F32, got ", stored.dtype));
    return {};
  }
  return stored;
}

// On the CPU a copy: pages of files are small and lie anywhere, and a walk over them takes up to
// twice as long as one over huge pages.
at::Tensor WeightTaker::settled(const std::vector<StoredTensor>& parts,
                                const std::vector<int64_t>& shape) const {
  const auto weight = device_.is_cpu() ? kernels::empty_in_huge_pages(shape, dtype_)
                                       : at::empty(shape, at::TensorOptions(device_).dtype(dtype_));
  if (device_.is_meta()) return weight;
  int64_t begin = 0;
  for (const auto& part : parts) {
    const int64_t num_rows = part.shape.front();
    weight.narrow(0, begin, num_rows).copy_(tensor_over(part));
    part.file->forget(part.bytes);
    begin += num_rows;
  }
  return weight;
}

at::Tensor WeightTaker::take(const std::string& name, const std::vector<int64_t>& shape) {
  const auto stored = find(name, shape);
  return stored ? settled({*stored}, shape) : at::Tensor();
}

at::Tensor WeightTaker::take_table(const std::string& name, const std::vector<int64_t>& shape) {
  const auto stored = find(name, shape);
  if (!stored) return {};
  const bool is_ready = device_.is_cpu() && dtype_of(*stored) == dtype_;
  return is_ready ? tensor_over(*stored) : settled({*stored}, shape);
}

at::Tensor WeightTaker::take_stacked(const std::vector<std::string>& names,
                                     const std::vector<int64_t>& rows,
                                     const std::vector<int64_t>& tail) {
  const auto shape_of = [&](int64_t num_rows) {
    std::vector<int64_t> shape{num_rows};
    shape.insert(shape.end(), tail.begin(), tail.end());
    return shape;
  };
  std::vector<StoredTensor> parts;
  for (size_t i = 0; i < names.size(); ++i) {
    auto stored = find(names[i], shape_of(rows[i]));
    if (stored) parts.push_back(std::move(*stored));
  }
  if (parts.size() < names.size()) return {};
  return settled(parts, shape_of(std::accumulate(rows.begin(), rows.end(), int64_t{0})));
}

bool WeightTaker::has_unused() const {
  return !unused().empty();
}

std::vector<std::string> WeightTaker::unused() const {
  std::vector<std::string> lines;
  for (const auto& [name, stored] : tensors_) {
    if (name.find(".rotary_emb.") == std::string::npos) {
      lines.push_back(joined("unused: ", name, " ", at::IntArrayRef(stored.shape)));
    }
  }
  return lines;
}

std::vector<std::string> WeightTaker::problems() const {
  auto all = shortened(tensor_problems_);
  all.insert(all.end(), problems_.begin(), problems_.end());
  const auto left = shortened(unused());
  all.insert(all.end(), left.begin(), left.end());
  return all;
}

}  // namespace mono::model
