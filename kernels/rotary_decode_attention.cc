#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/checks.h"
#include "kernels/decode_attention.h"
#include "kernels/decode_checks.h"
#include "kernels/rotary_decode_fallback.h"

namespace mono::kernels {

void rotary_decode_attention_out(const QkvViews& qkv, const at::Tensor& cos, const at::Tensor& sin,
                                 const TokenPlaces& places, Rounding rounding,
                                 const at::Tensor& keys, const at::Tensor& values,
                                 const at::Tensor& length, int64_t max_length,
                                 const DecodeScratch& scratch, const at::Tensor& out) {
  check_rotary_append(qkv, cos, sin, places, keys, values);
  const auto& q = qkv.q;
  check_decode_attention(places.slot.numel(), q.size(1) * q.size(2), q.size(3), q, keys, values,
                         places.slot, length, max_length, scratch, out);
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::rotary_decode_attention_out", "")
                             .typed<decltype(rotary_decode_in_two)>();
  op.call(qkv.q, qkv.k, qkv.v, cos, sin, places.slot, places.position, places.angle,
          if_defined(places.row), rounding == Rounding::kFast, keys, values, length, max_length,
          scratch.sums, scratch.arrivals, out);
}

void rotary_decode_in_two(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                          const at::Tensor& cos, const at::Tensor& sin, const at::Tensor& slot,
                          const at::Tensor& position, const at::Tensor& angle,
                          const std::optional<at::Tensor>& row, bool is_fast,
                          const at::Tensor& keys, const at::Tensor& values,
                          const at::Tensor& length, int64_t max_length, const at::Tensor& sums,
                          const at::Tensor& arrivals, const at::Tensor& out) {
  const auto queries = at::empty({slot.size(0), q.size(1) * q.size(2), q.size(3)}, q.options());
  rotary_append(
      {q, k, v}, {}, cos, sin,
      {.slot = slot, .position = position, .angle = angle, .row = row.value_or(at::Tensor())},
      is_fast ? Rounding::kFast : Rounding::kParity, keys, values, queries);
  decode_attention_out(queries, keys, values, slot, length, max_length,
                       {.sums = sums, .arrivals = arrivals}, out);
}

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def(
      "rotary_decode_attention_out(Tensor q, Tensor k, Tensor v, Tensor cos, Tensor sin, "
      "Tensor slot, Tensor position, Tensor angle, Tensor? row, bool is_fast, Tensor(a!) keys, "
      "Tensor(b!) values, Tensor length, int max_length, Tensor(c!) sums, Tensor(d!) arrivals, "
      "Tensor(e!) out) -> ()");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("rotary_decode_attention_out", rotary_decode_in_two);
}

}  // namespace mono::kernels
