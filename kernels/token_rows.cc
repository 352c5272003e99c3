#include "kernels/token_rows.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <vector>

#include "kernels/argmax_scratch.h"
#include "kernels/checks.h"
#include "kernels/philox.h"
#include "kernels/token_choice.h"

namespace mono::kernels {
namespace {

using OptionalTensor = std::optional<at::Tensor>;

// Places in the schema's lists: of what is always there, and of what may be.
enum Required : size_t { kToken, kGenerated, kNumNew, kMaxNew, kStatus, kStopIds };
enum Optional : size_t { kMinNew, kPosition, kLength, kPenalty, kSeen };

void choose_tokens_op(const at::Tensor& logits, at::TensorList required,
                      const c10::List<OptionalTensor>& optional, at::TensorList sampling,
                      const at::Tensor& scratch) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::choose_tokens", "")
                             .typed<decltype(choose_tokens_op)>();
  op.call(logits, required, optional, sampling, scratch);
}

void check_rows_of(const char* op, const at::Tensor& logits, const TokenRows& rows) {
  check_rows(op, "logits", logits);
  TORCH_CHECK(logits.size(1) > 0, op, ": the vocabulary is empty");
  const int64_t num_rows = logits.size(0);
  check_map(op, "token", rows.token, num_rows, logits);
  check_map(op, "num_new", rows.num_new, num_rows, logits);
  check_map(op, "max_new", rows.max_new, num_rows, logits);
  check_map(op, "status", rows.status, num_rows, logits);
  for (const auto& [name, table] :
       {std::pair{"generated", rows.generated}, {"stop_ids", rows.stop_ids}}) {
    TORCH_CHECK(table.dim() == 2 && table.size(0) == num_rows && table.is_contiguous(), op, ": ",
                name, " must be a dense [", num_rows, ", any], got ", table.sizes());
    check_map(op, name, table.view({-1}), table.numel(), logits);
  }
  for (const auto& [name, counter] :
       {std::pair{"min_new", rows.min_new}, {"position", rows.position}, {"length", rows.length}}) {
    if (counter.defined()) check_map(op, name, counter, num_rows, logits);
  }
  if (!rows.penalty.defined()) return;
  const int64_t num_words = (logits.size(1) + 31) / 32;
  check_dense(op, "penalty", rows.penalty, {num_rows}, logits.new_empty({0}, at::kFloat));
  TORCH_CHECK(rows.seen.dim() == 2 && rows.seen.size(1) == num_words && rows.seen.is_contiguous(),
              op, ": seen must be a dense [", num_rows, ", ", num_words, "], got ",
              rows.seen.sizes());
  check_map(op, "seen", rows.seen.view({-1}), num_rows * num_words, logits);
}

void check_scratch(const char* op, const at::Tensor& scratch, int64_t needed,
                   const at::Tensor& logits) {
  TORCH_CHECK(scratch.scalar_type() == at::kInt && scratch.is_contiguous() &&
                  scratch.numel() >= needed && scratch.device() == logits.device(),
              op, ": scratch must be at least ", needed, " dense int32 on ", logits.device(),
              ", got ", scratch.scalar_type(), " ", scratch.sizes());
}

void choose(const at::Tensor& logits, const TokenRows& rows, at::TensorList sampling,
            const at::Tensor& scratch) {
  const std::vector<at::Tensor> required{rows.token,   rows.generated, rows.num_new,
                                         rows.max_new, rows.status,    rows.stop_ids};
  c10::List<OptionalTensor> optional;
  for (const auto& tensor : {rows.min_new, rows.position, rows.length, rows.penalty, rows.seen}) {
    optional.push_back(if_defined(tensor));
  }
  choose_tokens_op(logits, required, optional, sampling, scratch);
}

}  // namespace

int64_t argmax_scratch(int64_t num_rows) {
  return num_rows * kArgmaxScratchPerRow;
}

void argmax_tokens(const at::Tensor& logits, const TokenRows& rows, const at::Tensor& scratch) {
  check_rows_of("argmax_tokens", logits, rows);
  check_scratch("argmax_tokens", scratch, argmax_scratch(logits.size(0)), logits);
  choose(logits, rows, {}, scratch);
}

void sample_tokens(const at::Tensor& logits, const TokenRows& rows, const SamplingRules& rules,
                   const at::Tensor& scratch) {
  constexpr const char* kOp = "sample_tokens";
  check_rows_of(kOp, logits, rows);
  const std::vector<at::Tensor> sampling{rules.temperature, rules.top_k, rules.top_p, rules.seed};
  const at::ScalarType types[] = {at::kFloat, at::kInt, at::kDouble, at::kLong};
  for (size_t i = 0; i < sampling.size(); ++i) {
    TORCH_CHECK(sampling[i].sizes() == logits.sizes().slice(0, 1) &&
                    sampling[i].scalar_type() == types[i] && sampling[i].is_contiguous() &&
                    sampling[i].device() == logits.device(),
                kOp, ": rule ", i, " of temperature, top_k, top_p, seed must be ", types[i], " [",
                logits.size(0), "] on ", logits.device(), ", got ", sampling[i].scalar_type(), " ",
                sampling[i].sizes());
  }
  check_scratch(kOp, scratch, 2 * logits.numel(), logits);
  choose(logits, rows, sampling, scratch);
}

namespace {

/// Tensors on the host, whatever their device; what was changed goes back at the end.
class HostCopies {
 public:
  template <typename T>
  T* data(const at::Tensor& tensor) {
    if (tensor.is_cpu()) return static_cast<T*>(tensor.mutable_data_ptr());
    copies_.emplace_back(tensor, tensor.cpu());
    return static_cast<T*>(copies_.back().second.mutable_data_ptr());
  }

  template <typename T>
  T* data_if(const OptionalTensor& tensor) {
    return tensor ? data<T>(*tensor) : nullptr;
  }

  void write_back() const {
    for (const auto& [tensor, copy] : copies_) tensor.copy_(copy);
  }

 private:
  std::vector<std::pair<at::Tensor, at::Tensor>> copies_{};
};

void choose_tokens_fallback(const at::Tensor& logits, at::TensorList required,
                            const c10::List<OptionalTensor>& optional, at::TensorList sampling,
                            const at::Tensor& /*scratch*/) {
  HostCopies copies;
  const auto all = logits.to(at::kFloat).cpu().clone(at::MemoryFormat::Contiguous);
  int32_t* data[6] = {};
  for (size_t i = 0; i < required.size(); ++i) data[i] = copies.data<int32_t>(required[i]);
  const auto* const min_new = copies.data_if<int32_t>(optional.get(kMinNew));
  auto* const position = copies.data_if<int32_t>(optional.get(kPosition));
  auto* const length = copies.data_if<int32_t>(optional.get(kLength));
  const auto* const penalty = copies.data_if<float>(optional.get(kPenalty));
  auto* const seen = copies.data_if<int32_t>(optional.get(kSeen));
  const bool is_sampling = !sampling.empty();
  const auto* const temperature = is_sampling ? copies.data<float>(sampling[0]) : nullptr;
  const auto* const top_k = is_sampling ? copies.data<int32_t>(sampling[1]) : nullptr;
  const auto* const top_p = is_sampling ? copies.data<double>(sampling[2]) : nullptr;
  const auto* const seed = is_sampling ? copies.data<int64_t>(sampling[3]) : nullptr;
  const auto capacity = static_cast<size_t>(required[kGenerated].size(1));
  const auto num_stop_ids = static_cast<size_t>(required[kStopIds].size(1));
  const auto vocab_size = static_cast<size_t>(logits.size(1));
  const size_t num_words = (vocab_size + 31) / 32;

  for (size_t i = 0; i < static_cast<size_t>(logits.size(0)); ++i) {
    if (data[kStatus][i] != static_cast<int32_t>(RowStatus::kRunning)) continue;
    const TokenRow row{.token = data[kToken] + i,
                       .generated = {data[kGenerated] + i * capacity, capacity},
                       .num_new = data[kNumNew] + i,
                       .max_new = data[kMaxNew][i],
                       .status = data[kStatus] + i,
                       .stop_ids = {data[kStopIds] + i * num_stop_ids, num_stop_ids},
                       .min_new = min_new == nullptr ? 0 : min_new[i],
                       .position = position == nullptr ? nullptr : position + i,
                       .length = length == nullptr ? nullptr : length + i,
                       .penalty = penalty == nullptr ? 1 : penalty[i],
                       .seen = seen == nullptr ? std::span<int32_t>{}
                                               : std::span{seen + i * num_words, num_words}};
    const std::span x{all.mutable_data_ptr<float>() + i * vocab_size, vocab_size};
    apply_rules(row, x);
    if (!is_sampling) {
      take_token(row, largest_logit(x));
      continue;
    }
    const SamplingRule rule{.temperature = temperature[i],
                            .top_k = top_k[i],
                            .top_p = top_p[i],
                            .seed = static_cast<uint64_t>(seed[i])};
    const double uniform = uniform_draw(rule.seed, static_cast<uint32_t>(*row.num_new));
    take_token(row, drawn_token(x, rule, uniform));
  }
  copies.write_back();
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def(
      "choose_tokens(Tensor logits, Tensor(a!)[] required, Tensor?[] optional, Tensor[] sampling, "
      "Tensor(b!) scratch) -> ()");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("choose_tokens", choose_tokens_fallback);
}

}  // namespace mono::kernels
