#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "kernels/attended_head.h"
#include "kernels/attention_fallback.h"
#include "kernels/bf16_tensor.h"
#include "kernels/share_out.h"

namespace mono::kernels {
namespace {

uint16_t* bits_to(const at::Tensor& tensor) {
  return reinterpret_cast<uint16_t*>(tensor.mutable_data_ptr<at::BFloat16>());
}

bool serves(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, bool is_eager) {
  static const bool has_products = has_pair_products();
  const auto is_dense = [](const at::Tensor& tensor) { return tensor.stride(-1) == 1; };
  return has_products && !is_eager && q.scalar_type() == at::kBFloat16 && q.numel() > 0 &&
         AttendedHead::serves(q.size(-1)) && is_dense(q) && is_dense(k) && is_dense(v);
}

/// Heads of [num_heads, num_rows, head_dim], some elements apart. Tensors are not for the threads
/// that work is shared out to.
class Heads {
 public:
  explicit Heads(const at::Tensor& tensor)
      : first_{bits_of(tensor), tensor.size(-2), tensor.size(-1), tensor.stride(-2)},
        distance_(tensor.stride(-3)) {}

  Bf16Rows operator[](int64_t head) const {
    auto rows = first_;
    rows.elements += head * distance_;
    return rows;
  }

 private:
  Bf16Rows first_;
  int64_t distance_;
};

/// Every kv head as its queries take it.
std::vector<std::optional<AttendedHead>> packed_heads(const at::Tensor& k, const at::Tensor& v) {
  const Heads keys(k), values(v);
  std::vector<std::optional<AttendedHead>> packed(static_cast<size_t>(k.size(0)));
  share_out(k.size(0), 1, at::get_num_threads(), [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      packed[static_cast<size_t>(i)].emplace(keys[i], values[i]);
    }
  });
  return packed;
}

/// Queries of one head that a thread answers at a time; the last ones see most and come first.
class Runs {
 public:
  explicit Runs(int64_t num_rows) : num_rows_(num_rows) {}

  int64_t size() const { return (num_rows_ + kRows - 1) / kRows; }
  int64_t begin(int64_t run) const { return (size() - 1 - run) * kRows; }
  int64_t length(int64_t run) const { return std::min(kRows, num_rows_ - begin(run)); }

 private:
  static constexpr int64_t kRows = 16 * kPairRows;

  int64_t num_rows_;
};

/// \param k, v   [num_kv_heads, length, head_dim]
/// \param begin  position of the first query
at::Tensor causal(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t begin) {
  const int64_t num_tokens = q.size(0), num_heads = q.size(1), head_dim = q.size(2);
  const int64_t group = num_heads / k.size(0), q_distance = q.stride(0);
  const int64_t out_distance = num_heads * head_dim;
  auto out = at::empty({num_tokens, out_distance}, q.options());
  uint16_t* const to = bits_to(out);
  const Heads queries(q.transpose(0, 1));
  const auto packed = packed_heads(k, v);
  const Runs runs(num_tokens);
  share_out(num_heads * runs.size(), 1, at::get_num_threads(), [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      const int64_t head = i / runs.size(), run = i % runs.size(), row = runs.begin(run);
      (*packed[static_cast<size_t>(head / group)])(
          {.q = queries[head].elements + row * q_distance,
           .out = to + row * out_distance + head * head_dim,
           .num_rows = runs.length(run),
           .q_distance = q_distance,
           .out_distance = out_distance,
           .first_seen = begin + row + 1});
    }
  });
  return out;
}

at::Tensor causal_attention_cpu(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                bool is_eager) {
  if (!serves(q, k, v, is_eager)) return causal_attention_fallback(q, k, v, is_eager);
  return causal(q, k, v, k.size(1) - q.size(0));
}

at::Tensor causal_attention_in_blocks_cpu(const at::Tensor& q, const at::Tensor& k,
                                          const at::Tensor& v, int64_t begin, bool is_eager) {
  if (!serves(q, k, v, is_eager)) {
    return causal_attention_in_blocks_fallback(q, k, v, begin, is_eager);
  }
  const int64_t length = begin + q.size(0);
  return causal(q, k.slice(1, 0, length), v.slice(1, 0, length), begin);
}

at::Tensor full_attention_cpu(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              bool is_eager, bool is_free) {
  if (!serves(q, k, v, is_eager)) return full_attention_fallback(q, k, v, is_eager, is_free);
  const int64_t num_heads = q.size(1), num_rows = q.size(2), head_dim = q.size(3);
  auto out = at::empty({q.size(0), num_rows, num_heads, head_dim}, q.options());
  uint16_t* const to = bits_to(out);
  const auto tiles_of = [](const at::Tensor& tensor) {
    std::vector<Heads> tiles;
    for (const auto& tile : tensor.unbind()) tiles.emplace_back(tile);
    return tiles;
  };
  const auto queries = tiles_of(q), keys = tiles_of(k), values = tiles_of(v);
  share_out(q.size(0) * num_heads, 1, at::get_num_threads(), [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      const auto tile = static_cast<size_t>(i / num_heads);
      const int64_t head = i % num_heads;
      const auto rows = queries[tile][head];
      const AttendedHead attend(keys[tile][head], values[tile][head]);
      attend({.q = rows.elements,
              .out = to + (i / num_heads * num_rows * num_heads + head) * head_dim,
              .num_rows = num_rows,
              .q_distance = rows.distance,
              .out_distance = num_heads * head_dim,
              .first_seen = num_rows});
    }
  });
  return out.transpose(1, 2);
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CPU, m) {
  m.impl("causal_attention", causal_attention_cpu);
  m.impl("causal_attention_in_blocks", causal_attention_in_blocks_cpu);
  m.impl("full_attention", full_attention_cpu);
}

}  // namespace mono::kernels
