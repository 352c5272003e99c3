#include "kernels/cuda/gemm_choice.h"

#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGeneratorImpl.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "kernels/linear.h"

namespace mono::kernels {
namespace {

constexpr int kMostCandidates = 24;
constexpr int kMostAlike = 8;
constexpr int kWarmUps = 2;
constexpr int kRepeats = 5;
constexpr uint64_t kSeedOfX = 1;
constexpr uint64_t kSeedOfWeights = 2;
constexpr double kOfWhatIsLeft = 1e-5;  // the size of a sum that cancels
constexpr int64_t kTypicalRows = 2048;  // what a plan for every m is chosen at

// Median microseconds of a proposal; infinite if cuBLASLt refuses it.
double measured(GemmDescription& product, const GemmAlgorithm& algorithm,
                const GemmContext& context) {
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

// The rows a plan is chosen at; they follow from the shape alone.
int64_t typical_rows(const GemmShape& shape) {
  return shape.m == kEveryM ? kTypicalRows : shape.m;
}

int64_t fewest_rows(int64_t bucket) {
  int64_t m = bucket;
  while (m > 1 && m_bucket(m - 1) == bucket) --m;
  return m;
}

/// Random numbers to judge proposals by, the same ones each time. Not from LibTorch's own
/// generator, which gives none while a graph is captured anywhere.
class TrialNumbers {
 public:
  TrialNumbers(const at::TensorOptions& options, uint64_t seed)
      : options_(options),
        generator_(at::cuda::detail::createCUDAGenerator(options.device().index())) {
    generator_.set_current_seed(seed);
  }

  at::Tensor of(at::IntArrayRef sizes) const { return at::randn(sizes, generator_, options_); }
  void refill(const at::Tensor& values) const { values.normal_(0, 1, generator_); }

 private:
  at::TensorOptions options_;
  at::Generator generator_;
};

/// A shape's product on random numbers, to judge proposals by.
class Trial {
 public:
  Trial(GemmOperands operands, const at::TensorOptions& options, const GemmContext& context)
      : context_(context),
        numbers_(options, kSeedOfX),
        x_(numbers_.of({operands.m, operands.x_distance})),
        y_(at::empty({operands.m, operands.y_distance}, options)),
        num_columns_(operands.n),
        product_(on_buffers(operands)) {}

  double microseconds_of(const GemmAlgorithm& proposal) {
    return measured(product_, proposal, context_);
  }

  /// Whether a row gives the same bits at another place and beside other rows.
  bool keeps_rows_apart(const GemmAlgorithm& proposal) {
    if (!context_.run(product_, proposal)) return false;
    const auto before = result();
    const auto turned = at::roll(x_, kTurn, 0);
    x_.copy_(turned);
    numbers_.refill(x_.slice(0, 0, kTurn));
    if (!context_.run(product_, proposal)) return false;
    const int64_t kept = x_.size(0) - kTurn;
    return at::equal(result().slice(0, kTurn), before.slice(0, 0, kept));
  }

  bool agree(const GemmAlgorithm& one, const GemmAlgorithm& other) {
    if (!context_.run(product_, one)) return false;
    const auto expected = result();
    y_.fill_(std::numeric_limits<float>::quiet_NaN());
    return context_.run(product_, other) && at::equal(result(), expected);
  }

  /// Every other row's sums cancel if the weight's halves along k are the same.
  void let_rows_cancel(int64_t k) {
    const auto rows = x_.slice(0, 0, x_.size(0), 2);
    rows.slice(1, k / 2, k / 2 * 2).copy_(rows.slice(1, 0, k / 2).neg());
  }

 private:
  static constexpr int64_t kTurn = 23;  // odd, and no part of a tile

  GemmOperands on_buffers(GemmOperands operands) const {
    operands.x = x_.const_data_ptr();
    operands.y = y_.mutable_data_ptr();
    return operands;
  }
  at::Tensor result() const { return y_.slice(1, 0, num_columns_).clone(); }

  const GemmContext& context_;
  TrialNumbers numbers_;
  at::Tensor x_;
  at::Tensor y_;
  int64_t num_columns_;
  GemmDescription product_;
};

}  // namespace

GemmContext GemmContext::current() {
  return {.handle = at::cuda::getCurrentCUDABlasLtHandle(),
          .workspace = at::cuda::getCUDABlasLtWorkspace(),
          .workspace_bytes = at::cuda::getCUDABlasLtWorkspaceSize(),
          .stream = at::cuda::getCurrentCUDAStream()};
}

bool GemmContext::run(GemmDescription& product, const GemmAlgorithm& algorithm) const {
  return product.run(handle, algorithm, workspace, workspace_bytes, stream);
}

GemmAlgorithm choose_algorithm(const GemmOperands& operands, const GemmShape& shape,
                               const at::TensorOptions& options, const GemmContext& context,
                               bool is_tuning) {
  auto typical = operands;
  typical.m = typical_rows(shape);
  const auto cuts = shape.m == kEveryM ? KCuts::kNone : KCuts::kAny;
  auto proposals = GemmDescription(typical).proposals(context.handle, context.workspace_bytes,
                                                      shape, cuts, kMostCandidates);
  const bool is_one_chunk = shape.m == kRowsPerChunk;
  if (is_tuning || is_one_chunk) {
    Trial trial(typical, options, context);
    if (is_tuning) {
      for (auto& proposal : proposals) proposal.microseconds = trial.microseconds_of(proposal);
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

GemmAlgorithm fastest_alike(const GemmOperands& operands, const GemmShape& shape,
                            const GemmAlgorithm& base, const at::TensorOptions& options,
                            const GemmContext& context) {
  const TrialNumbers numbers(options, kSeedOfWeights);
  const auto half = numbers.of({operands.n, operands.k / 2});
  const auto weight = numbers.of({operands.n, operands.weight_distance});
  for (const int64_t begin : {int64_t{0}, operands.k / 2}) {
    weight.narrow(1, begin, operands.k / 2).copy_(half);
  }
  const auto bias = numbers.of({operands.n}).mul_(kOfWhatIsLeft);
  auto most = operands;
  most.weight = weight.const_data_ptr();
  if (operands.bias != nullptr) most.bias = bias.const_data_ptr();
  most.m = shape.m;
  auto fewest = most;
  fewest.m = fewest_rows(shape.m);
  Trial at_most(most, options, context);
  Trial at_fewest(fewest, options, context);
  at_most.let_rows_cancel(operands.k);
  at_fewest.let_rows_cancel(operands.k);

  auto best = base;
  best.microseconds = at_most.microseconds_of(base);
  for (auto& proposal : GemmDescription(most).proposals(context.handle, context.workspace_bytes,
                                                        shape, KCuts::kNone, kMostAlike)) {
    if (!at_most.agree(base, proposal) || !at_fewest.agree(base, proposal)) continue;
    proposal.microseconds = at_most.microseconds_of(proposal);
    if (proposal.microseconds < best.microseconds) best = proposal;
  }
  return best;
}

}  // namespace mono::kernels
