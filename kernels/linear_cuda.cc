#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAGraphsC10Utils.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "kernels/cuda/gemm_choice.h"
#include "kernels/gemm_tuner.h"
#include "kernels/linear.h"

namespace mono::kernels {
namespace {

constexpr int64_t kMostRowsAlike = 4096;

/// Plans by device; one lock, held for a look-up or a tuning.
struct Store {
  std::mutex mutex{};
  std::map<int, GemmPlans> plans{};
  bool is_tuning = false;
};

bool is_recording() {
  return c10::cuda::currentStreamCaptureStatusMayInitCtx() != c10::cuda::CaptureStatus::None;
}

Store& store() {
  static Store instance;
  return instance;
}

GemmPlans& plans_of(Store& locked, int device) {
  const auto found = locked.plans.find(device);
  if (found != locked.plans.end()) return found->second;
  const auto* const properties =
      at::cuda::getDeviceProperties(static_cast<c10::DeviceIndex>(device));
  return locked.plans
      .emplace(device, GemmPlans({.name = properties->name,
                                  .num_sms = properties->multiProcessorCount,
                                  .cublaslt_version = static_cast<int64_t>(cublasLtGetVersion())}))
      .first->second;
}

// Whether no answer counts on the bits of a plan: one for a bucket of rows that deterministic
// products do not take.
bool may_differ(const GemmShape& shape) {
  return shape.m != kEveryM && shape.m != kRowsPerChunk;
}

// Where there is no room for a trial, cuBLASLt's first proposal.
GemmAlgorithm chosen(const Store& locked, const GemmOperands& operands, const GemmShape& shape,
                     const at::TensorOptions& options, const GemmContext& context) {
  if (locked.is_tuning || !may_differ(shape)) {
    return choose_algorithm(operands, shape, options, context, locked.is_tuning);
  }
  try {
    return choose_algorithm(operands, shape, options, context, /*is_tuning=*/true);
  } catch (const c10::OutOfMemoryError&) {
    return choose_algorithm(operands, shape, options, context, /*is_tuning=*/false);
  }
}

const GemmAlgorithm& pinned(Store& locked, GemmPlans& plans, const GemmOperands& operands,
                            const GemmShape& shape, const at::TensorOptions& options,
                            const GemmContext& context) {
  if (plans.find(shape) == nullptr) {
    TORCH_CHECK(!is_recording(), "linear: no plan for ", to_string(shape),
                "; run it once before a graph is captured");
    plans.pin(shape, chosen(locked, operands, shape, options, context));
  }
  return *plans.find(shape);
}

// What `base` gives, sooner where that is possible. Many rows leave nothing to gain: the base was
// chosen for them.
GemmAlgorithm alike(GemmPlans& plans, const GemmAlgorithm& base, const GemmOperands& operands,
                    const GemmShape& of_every_m, const at::TensorOptions& options,
                    const GemmContext& context) {
  auto shape = of_every_m;
  shape.m = m_bucket(operands.m);
  shape.is_alike = true;
  if (const auto* const known = plans.find(shape)) return *known;
  if (shape.m > kMostRowsAlike || is_recording()) return base;
  GemmAlgorithm fastest;
  try {
    fastest = fastest_alike(operands, shape, base, options, context);
  } catch (const c10::Error&) {
    fastest = base;  // no room for a trial, or no proposal for this bucket
  }
  plans.pin(shape, fastest);
  return fastest;
}

void multiply(const GemmOperands& operands, bool is_for_every_m, const at::TensorOptions& options) {
  const GemmShape shape{.type = operands.type,
                        .n = operands.n,
                        .k = operands.k,
                        .m = is_for_every_m ? kEveryM : m_bucket(operands.m),
                        .has_bias = operands.bias != nullptr,
                        .alignment = operands.alignment()};
  GemmDescription product(operands);
  const auto context = GemmContext::current();
  auto& shared = store();
  const std::lock_guard lock(shared.mutex);
  auto& plans = plans_of(shared, options.device().index());
  const auto plan = pinned(shared, plans, operands, shape, options, context);
  const auto sooner = is_for_every_m ? alike(plans, plan, operands, shape, options, context) : plan;
  TORCH_CHECK(context.run(product, sooner) || context.run(product, plan),
              "linear: cuBLASLt refuses the plan for ", to_string(shape), " at m = ", operands.m);
}

GemmType gemm_type(at::ScalarType type) {
  TORCH_CHECK(type == at::kFloat || type == at::kBFloat16, "linear: no CUDA product of ", type);
  return type == at::kFloat ? GemmType::kFloat32 : GemmType::kBfloat16;
}

void linear_out_cuda(const at::Tensor& x, const at::Tensor& weight,
                     const std::optional<at::Tensor>& bias, int64_t rows_per_chunk,
                     const at::Tensor& out) {
  if (out.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(x.device());
  const auto rows_of = [](const at::Tensor& tensor) {
    return tensor.stride(1) == 1 ? tensor : tensor.contiguous();
  };
  const auto rows = rows_of(x);
  const auto weights = rows_of(weight);
  const auto biases = bias ? bias->contiguous() : at::Tensor();
  multiply({.type = gemm_type(x.scalar_type()),
            .x = rows.const_data_ptr(),
            .weight = weights.const_data_ptr(),
            .bias = biases.defined() ? biases.const_data_ptr() : nullptr,
            .y = out.mutable_data_ptr(),
            .m = rows.size(0),
            .n = weights.size(0),
            .k = rows.size(1),
            .x_distance = std::max(rows.stride(0), rows.size(1)),
            .weight_distance = std::max(weights.stride(0), weights.size(1)),
            .y_distance = std::max(out.stride(0), out.size(1))},
           /*is_for_every_m=*/rows_per_chunk > 0, x.options());
}

at::Tensor linear_cuda(const at::Tensor& x, const at::Tensor& weight,
                       const std::optional<at::Tensor>& bias, int64_t rows_per_chunk) {
  auto out = at::empty({x.size(0), weight.size(0)}, x.options());
  linear_out_cuda(x, weight, bias, rows_per_chunk, out);
  return out;
}

int gpu_index(c10::Device device) {
  TORCH_CHECK(device.is_cuda(), "gemm plans: expected a GPU, got ", device);
  return device.has_index() ? device.index() : at::cuda::current_device();
}

}  // namespace

void set_gemm_tuning(bool is_on) {
  auto& shared = store();
  const std::lock_guard lock(shared.mutex);
  shared.is_tuning = is_on;
}

void load_gemm_plans(const std::filesystem::path& path, c10::Device device) {
  auto& shared = store();
  const std::lock_guard lock(shared.mutex);
  plans_of(shared, gpu_index(device)).load(path);
}

void save_gemm_plans(const std::filesystem::path& path, c10::Device device) {
  auto& shared = store();
  const std::lock_guard lock(shared.mutex);
  plans_of(shared, gpu_index(device)).save(path);
}

size_t num_gemm_plans(c10::Device device) {
  auto& shared = store();
  const std::lock_guard lock(shared.mutex);
  return plans_of(shared, gpu_index(device)).size();
}

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("linear", linear_cuda);
  m.impl("linear_out", linear_out_cuda);
}

}  // namespace mono::kernels
