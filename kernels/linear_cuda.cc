#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAGraphsC10Utils.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>

#include "kernels/cuda/gemm.h"
#include "kernels/gemm_tuner.h"
#include "kernels/linear.h"

namespace mono::kernels {
namespace {

constexpr int kMostCandidates = 24;
constexpr int kWarmUps = 2;
constexpr int kRepeats = 5;
constexpr int64_t kTypicalRows = 2048;  // what a plan for every m is chosen at

/// Plans by device; one lock, held for a look-up or a tuning.
struct Store {
  std::mutex mutex{};
  std::map<int, GemmPlans> plans{};
  bool is_tuning = false;
};

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

/// What a product runs with on the current device and stream; torch keeps one workspace a stream.
struct Context {
  cublasLtHandle_t handle = at::cuda::getCurrentCUDABlasLtHandle();
  void* workspace = at::cuda::getCUDABlasLtWorkspace();
  size_t workspace_bytes = at::cuda::getCUDABlasLtWorkspaceSize();
  cudaStream_t stream = at::cuda::getCurrentCUDAStream();

  bool run(GemmDescription& product, const GemmAlgorithm& algorithm) const {
    return product.run(handle, algorithm, workspace, workspace_bytes, stream);
  }
};

// Median microseconds of a proposal; infinite if cuBLASLt refuses it.
double measured(GemmDescription& product, const GemmAlgorithm& algorithm, const Context& context) {
  for (int i = 0; i < kWarmUps; ++i) {
    if (!context.run(product, algorithm)) return std::numeric_limits<double>::infinity();
  }
  std::vector<double> times;
  for (int i = 0; i < kRepeats; ++i) {
    at::cuda::CUDAEvent start(cudaEventDefault);
    at::cuda::CUDAEvent end(cudaEventDefault);
    start.record();
    context.run(product, algorithm);
    end.record();
    end.synchronize();
    times.push_back(1e3 * start.elapsed_time(end));
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

// The rows a plan is chosen at; they follow from the shape alone, so the plan does not depend on
// which product came first.
int64_t typical_rows(const GemmShape& shape) {
  return shape.m == kEveryM ? kTypicalRows : shape.m;
}

/// A shape's product on random numbers, to judge proposals by.
class Trial {
 public:
  Trial(GemmOperands operands, const at::TensorOptions& options, const Context& context)
      : context_(context),
        x_(at::randn({operands.m, operands.x_distance}, options)),
        y_(at::empty({operands.m, operands.y_distance}, options)),
        num_columns_(operands.n),
        product_(on_buffers(operands)) {}

  double seconds_of(const GemmAlgorithm& proposal) {
    return measured(product_, proposal, context_);
  }

  /// Whether a row gives the same bits at another place and beside other rows.
  bool keeps_rows_apart(const GemmAlgorithm& proposal) {
    if (!context_.run(product_, proposal)) return false;
    const auto before = result();
    const auto turned = at::roll(x_, kTurn, 0);
    x_.copy_(turned);
    x_.slice(0, 0, kTurn).normal_();
    if (!context_.run(product_, proposal)) return false;
    const int64_t kept = x_.size(0) - kTurn;
    return at::equal(result().slice(0, kTurn), before.slice(0, 0, kept));
  }

 private:
  static constexpr int64_t kTurn = 23;  // odd, and no part of a tile

  GemmOperands on_buffers(GemmOperands operands) const {
    operands.x = x_.const_data_ptr();
    operands.y = y_.mutable_data_ptr();
    return operands;
  }
  at::Tensor result() const { return y_.slice(1, 0, num_columns_).clone(); }

  const Context& context_;
  at::Tensor x_;
  at::Tensor y_;
  int64_t num_columns_;
  GemmDescription product_;
};

GemmAlgorithm choose(const GemmOperands& operands, const GemmShape& shape,
                     const at::TensorOptions& options, const Context& context, bool is_tuning) {
  auto typical = operands;
  typical.m = typical_rows(shape);
  auto proposals = GemmDescription(typical).proposals(context.handle, context.workspace_bytes,
                                                      shape, kMostCandidates);
  const bool is_one_chunk = shape.m == kRowsPerChunk;
  if (is_tuning || is_one_chunk) {
    Trial trial(typical, options, context);
    if (is_tuning) {
      for (auto& proposal : proposals) proposal.microseconds = trial.seconds_of(proposal);
    }
    std::stable_sort(  // cuBLASLt's best guess first where none was measured
        proposals.begin(), proposals.end(),
        [](const auto& a, const auto& b) { return a.microseconds < b.microseconds; });
    const auto mixes_rows = [&](const auto& proposal) { return !trial.keeps_rows_apart(proposal); };
    const auto first = is_one_chunk
                           ? std::find_if_not(proposals.begin(), proposals.end(), mixes_rows)
                           : proposals.begin();
    proposals.erase(proposals.begin(), first);
  }
  TORCH_CHECK(!proposals.empty(), "linear: cuBLASLt proposes no algorithm for ", to_string(shape));
  return proposals.front();
}

void multiply(const GemmOperands& operands, bool is_for_every_m, const at::TensorOptions& options) {
  const GemmShape shape{.type = operands.type,
                        .n = operands.n,
                        .k = operands.k,
                        .m = is_for_every_m ? kEveryM : m_bucket(operands.m),
                        .has_bias = operands.bias != nullptr,
                        .alignment = operands.alignment()};
  GemmDescription product(operands);
  const Context context;
  auto& shared = store();
  const std::lock_guard lock(shared.mutex);
  auto& plans = plans_of(shared, options.device().index());
  if (plans.find(shape) == nullptr) {
    TORCH_CHECK(c10::cuda::currentStreamCaptureStatusMayInitCtx() == c10::cuda::CaptureStatus::None,
                "linear: no plan for ", to_string(shape),
                "; run it once before a graph is captured");
    plans.pin(shape, choose(operands, shape, options, context, shared.is_tuning));
  }
  TORCH_CHECK(context.run(product, *plans.find(shape)), "linear: cuBLASLt refuses the plan for ",
              to_string(shape), " at m = ", operands.m);
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

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("linear", linear_cuda);
  m.impl("linear_out", linear_out_cuda);
}

}  // namespace mono::kernels
