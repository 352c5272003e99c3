#include "kernels/rotary_append.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/checks.h"
#include "kernels/decode_checks.h"
#include "kernels/rotary.h"

namespace mono::kernels {
namespace {

using OptionalTensor = std::optional<at::Tensor>;

void rotary_append_op(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                      const OptionalTensor& q_bias, const OptionalTensor& k_bias,
                      const OptionalTensor& v_bias, const at::Tensor& cos, const at::Tensor& sin,
                      const at::Tensor& slot, const at::Tensor& position, const at::Tensor& angle,
                      const OptionalTensor& row, bool is_fast, const at::Tensor& keys,
                      const at::Tensor& values, const at::Tensor& out) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::rotary_append", "")
                             .typed<decltype(rotary_append_op)>();
  op.call(q, k, v, q_bias, k_bias, v_bias, cos, sin, slot, position, angle, row, is_fast, keys,
          values, out);
}

int64_t blocks_in(const at::Tensor& qkv, int64_t num_kv_heads, int64_t head_dim) {
  check_rows("split_qkv", "qkv", qkv);
  const int64_t group_width = num_kv_heads * head_dim;
  const int64_t blocks = group_width > 0 ? qkv.size(1) / group_width : 0;
  TORCH_CHECK(blocks > 2 && blocks * group_width == qkv.size(1), "split_qkv: ", qkv.size(1),
              " columns are no (group + 2) * ", num_kv_heads, " heads of ", head_dim);
  return blocks;
}

void check_views(const char* name, const QkvViews& views, const at::Tensor& like) {
  const auto& q = views.q;
  TORCH_CHECK(q.dim() == 4 && q.size(3) % 2 == 0, "rotary_append: q of ", name,
              " must be [num_rows, num_kv_heads, group, even head_dim], got ", q.sizes());
  for (const auto& tensor : {q, views.k, views.v}) {
    TORCH_CHECK(tensor.is_floating_point() && tensor.stride(-1) == 1, "rotary_append: ", name,
                " must be float tensors with dense heads, got ", tensor.scalar_type(),
                " with strides ", tensor.strides());
    check_like("rotary_append", name, tensor, like);
  }
  for (const auto& tensor : {views.k, views.v}) {
    TORCH_CHECK(tensor.sizes() == (at::IntArrayRef{q.size(0), q.size(1), q.size(3)}),
                "rotary_append: k and v of ", name, " must be [", q.size(0), ", ", q.size(1), ", ",
                q.size(3), "], got ", tensor.sizes());
  }
}

void check_cache(const at::Tensor& keys, const at::Tensor& values, const at::Tensor& q) {
  TORCH_CHECK(keys.dim() == 4 && keys.size(2) == q.size(1) && keys.size(3) == q.size(3),
              "rotary_append: keys must be [num_slots, capacity, ", q.size(1), ", ", q.size(3),
              "], got ", keys.sizes());
  check_dense("rotary_append", "keys", keys, keys.sizes(), q);
  check_dense("rotary_append", "values", values, keys.sizes(), q);
}

}  // namespace

QkvViews split_grouped_qkv(const at::Tensor& qkv, int64_t num_kv_heads, int64_t head_dim) {
  const int64_t blocks = blocks_in(qkv, num_kv_heads, head_dim);
  const auto heads = qkv.unflatten(1, {num_kv_heads, blocks, head_dim});
  return {heads.narrow(2, 0, blocks - 2), heads.select(2, blocks - 2), heads.select(2, blocks - 1)};
}

QkvViews split_joined_qkv(const at::Tensor& qkv, int64_t num_kv_heads, int64_t head_dim) {
  const int64_t group = blocks_in(qkv, num_kv_heads, head_dim) - 2;
  const int64_t width = num_kv_heads * head_dim;
  return {qkv.narrow(1, 0, group * width).unflatten(1, {num_kv_heads, group, head_dim}),
          qkv.narrow(1, group * width, width).unflatten(1, {num_kv_heads, head_dim}),
          qkv.narrow(1, (group + 1) * width, width).unflatten(1, {num_kv_heads, head_dim})};
}

void check_rotary_append(const QkvViews& qkv, const at::Tensor& cos, const at::Tensor& sin,
                         const TokenPlaces& places, const at::Tensor& keys,
                         const at::Tensor& values) {
  const auto& q = qkv.q;
  check_views("qkv", qkv, q);
  const int64_t num_tokens = places.slot.defined() ? places.slot.numel() : 0;
  check_map("rotary_append", "slot", places.slot, num_tokens, q);
  check_map("rotary_append", "position", places.position, num_tokens, q);
  check_map("rotary_append", "angle", places.angle, num_tokens, q);
  if (places.row.defined()) check_map("rotary_append", "row", places.row, num_tokens, q);
  TORCH_CHECK(places.row.defined() || q.size(0) == num_tokens, "rotary_append: ", num_tokens,
              " tokens without a row map need as many rows, got ", q.size(0));
  check_rows("rotary_append", "cos", cos);
  check_dense("rotary_append", "cos", cos, {cos.size(0), q.size(3) / 2}, q);
  check_dense("rotary_append", "sin", sin, cos.sizes(), q);
  check_cache(keys, values, q);
}

void rotary_append(const QkvViews& qkv, const QkvViews& bias, const at::Tensor& cos,
                   const at::Tensor& sin, const TokenPlaces& places, Rounding rounding,
                   const at::Tensor& keys, const at::Tensor& values, const at::Tensor& out) {
  const auto& q = qkv.q;
  const bool has_bias = bias.q.defined();
  if (has_bias) {
    check_views("bias", bias, q);
    TORCH_CHECK(bias.q.size(0) == 1 && bias.q.sizes().slice(1) == q.sizes().slice(1),
                "rotary_append: q of bias must be one row like q ", q.sizes(), ", got ",
                bias.q.sizes());
  }
  check_rotary_append(qkv, cos, sin, places, keys, values);
  const int64_t num_tokens = places.slot.numel();
  check_dense("rotary_append", "out", out, {num_tokens, q.size(1) * q.size(2), q.size(3)}, q);
  rotary_append_op(q, qkv.k, qkv.v, has_bias ? if_defined(bias.q) : std::nullopt,
                   has_bias ? if_defined(bias.k) : std::nullopt,
                   has_bias ? if_defined(bias.v) : std::nullopt, cos, sin, places.slot,
                   places.position, places.angle, if_defined(places.row),
                   rounding == Rounding::kFast, keys, values, out);
}

namespace {

// The tokens' heads with their bias; in fp32 where nothing is rounded before the result.
at::Tensor taken(const at::Tensor& heads, const OptionalTensor& bias, const OptionalTensor& row,
                 bool is_fast) {
  auto rows = row ? heads.index_select(0, *row) : heads;
  if (is_fast) rows = rows.to(at::kFloat);
  return bias ? rows + *bias : rows;
}

void append(const at::Tensor& cache, const at::Tensor& heads, const at::Tensor& token,
            const at::Tensor& place) {
  cache.flatten(0, 1).index_copy_(0, place, heads.index_select(0, token).to(cache.scalar_type()));
}

void rotary_append_fallback(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const OptionalTensor& q_bias, const OptionalTensor& k_bias,
                            const OptionalTensor& v_bias, const at::Tensor& cos,
                            const at::Tensor& sin, const at::Tensor& slot,
                            const at::Tensor& position, const at::Tensor& angle,
                            const OptionalTensor& row, bool is_fast, const at::Tensor& keys,
                            const at::Tensor& values, const at::Tensor& out) {
  const auto dtype = is_fast ? at::kFloat : q.scalar_type();
  const auto cosines = cos.index_select(0, angle).to(dtype);
  const auto sines = sin.index_select(0, angle).to(dtype);
  out.copy_(rotary(taken(q, q_bias, row, is_fast), cosines, sines).view_as(out));

  const auto token = slot.ge(0).nonzero().squeeze(1);
  const auto place = slot.to(at::kLong).mul(keys.size(1)).add(position).index_select(0, token);
  append(keys, rotary(taken(k, k_bias, row, is_fast), cosines, sines), token, place);
  append(values, taken(v, v_bias, row, is_fast), token, place);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def(
      "rotary_append(Tensor q, Tensor k, Tensor v, Tensor? q_bias, Tensor? k_bias, "
      "Tensor? v_bias, Tensor cos, Tensor sin, Tensor slot, Tensor position, Tensor angle, "
      "Tensor? row, bool is_fast, Tensor(a!) keys, Tensor(b!) values, Tensor(c!) out) -> ()");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("rotary_append", rotary_append_fallback);
}

}  // namespace mono::kernels
