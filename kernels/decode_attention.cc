#include "kernels/decode_attention.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/attention.h"
#include "kernels/checks.h"
#include "kernels/decode_checks.h"
#include "kernels/token_attention.h"

namespace mono::kernels {
namespace {

void decode_attention_op(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values,
                         const at::Tensor& slot, const at::Tensor& length, int64_t max_length,
                         const at::Tensor& sums, const at::Tensor& arrivals,
                         const at::Tensor& out) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::decode_attention_out", "")
                             .typed<decltype(decode_attention_op)>();
  op.call(q, keys, values, slot, length, max_length, sums, arrivals, out);
}

void check_scratch(const char* name, const at::Tensor& scratch, at::ScalarType type, int64_t needed,
                   const at::Tensor& like) {
  TORCH_CHECK(scratch.scalar_type() == type && scratch.is_contiguous() &&
                  scratch.numel() >= needed && scratch.device() == like.device(),
              "decode_attention: scratch ", name, " must be at least ", needed, " dense ", type,
              " on ", like.device(), ", got ", scratch.scalar_type(), " ", scratch.sizes());
}

}  // namespace

int64_t decode_attention_scratch(int64_t num_rows, int64_t num_heads, int64_t head_dim,
                                 int64_t max_length) {
  const int64_t num_splits = (max_length + kKeysPerSplit - 1) / kKeysPerSplit;
  return num_rows * num_heads * num_splits * (head_dim + 2);  // + the largest score and the sum
}

void check_decode_attention(int64_t num_rows, int64_t num_heads, int64_t head_dim,
                            const at::Tensor& like, const at::Tensor& keys,
                            const at::Tensor& values, const at::Tensor& slot,
                            const at::Tensor& length, int64_t max_length,
                            const DecodeScratch& scratch, const at::Tensor& out) {
  TORCH_CHECK(keys.dim() == 4 && keys.size(3) == head_dim && keys.size(2) > 0 &&
                  num_heads % keys.size(2) == 0,
              "decode_attention: keys must be [num_slots, capacity, a divisor of ", num_heads, ", ",
              head_dim, "], got ", keys.sizes());
  check_dense("decode_attention", "keys", keys, keys.sizes(), like);
  check_dense("decode_attention", "values", values, keys.sizes(), like);
  check_map("decode_attention", "slot", slot, num_rows, like);
  check_map("decode_attention", "length", length, num_rows, like);
  TORCH_CHECK(max_length > 0 && max_length <= keys.size(1),
              "decode_attention: max_length must be in [1, ", keys.size(1), "], got ", max_length);
  const int64_t needed = decode_attention_scratch(num_rows, num_heads, head_dim, max_length);
  check_scratch("sums", scratch.sums, at::kFloat, needed, like);
  check_scratch("arrivals", scratch.arrivals, at::kInt, num_rows * keys.size(2), like);
  check_dense("decode_attention", "out", out, {num_rows, num_heads * head_dim}, like);
}

void decode_attention_out(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values,
                          const at::Tensor& slot, const at::Tensor& length, int64_t max_length,
                          const DecodeScratch& scratch, const at::Tensor& out) {
  TORCH_CHECK(q.dim() == 3 && q.is_floating_point(),
              "decode_attention: q must be a float tensor [num_rows, num_heads, head_dim], got ",
              q.scalar_type(), " ", q.sizes());
  check_dense("decode_attention", "q", q, q.sizes(), q);
  check_decode_attention(q.size(0), q.size(1), q.size(2), q, keys, values, slot, length, max_length,
                         scratch, out);
  decode_attention_op(q, keys, values, slot, length, max_length, scratch.sums, scratch.arrivals,
                      out);
}

namespace {

// What causal_attention gives for one query behind its prefix; on the CPU that would lay out every
// key anew for the one.
void decode_attention_fallback(const at::Tensor& q, const at::Tensor& keys,
                               const at::Tensor& values, const at::Tensor& slot,
                               const at::Tensor& length, int64_t max_length,
                               const at::Tensor& /*sums*/, const at::Tensor& /*arrivals*/,
                               const at::Tensor& out) {
  const auto attend = q.is_cpu() ? token_attention : causal_attention;
  const auto slots = slot.cpu();
  const auto lengths = length.cpu();
  for (int64_t row = 0; row < q.size(0); ++row) {
    const int64_t seen = lengths.const_data_ptr<int32_t>()[row];
    TORCH_CHECK(seen >= 0 && seen <= max_length, "decode_attention: length[", row,
                "] must be in [0, ", max_length, "], got ", seen);
    auto to = out.narrow(0, row, 1);
    if (seen == 0) {
      to.zero_();
      continue;
    }
    const int64_t from = slots.const_data_ptr<int32_t>()[row];
    const auto first_of = [&](const at::Tensor& cache) {
      return cache.select(0, from).narrow(0, 0, seen).transpose(0, 1);  // [num_kv_heads, seen, d]
    };
    to.copy_(attend(q.narrow(0, row, 1), first_of(keys), first_of(values), AttentionKind::kFused));
  }
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def(
      "decode_attention_out(Tensor q, Tensor keys, Tensor values, Tensor slot, Tensor length, "
      "int max_length, Tensor(a!) sums, Tensor(b!) arrivals, Tensor(c!) out) -> ()");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("decode_attention_out", decode_attention_fallback);
}

}  // namespace mono::kernels
