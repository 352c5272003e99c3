#include "kernels/attended_head.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "kernels/bf16_bits.h"

namespace mono::kernels {
namespace {

std::vector<int64_t> rows_with_no_number(const Bf16Rows& rows) {
  std::vector<int64_t> found;
  for (int64_t row = 0; row < rows.num_rows; ++row) {
    const uint16_t* const elements = rows.elements + row * rows.distance;
    if (!std::all_of(elements, elements + rows.width, is_finite_bf16)) found.push_back(row);
  }
  return found;
}

}  // namespace

/// kPairRows rows of each.
struct AttendedHead::Scratch {
  std::vector<uint32_t> q;             // [head_dim / 2] pairs
  std::vector<float> scores;           // [length], rounded up
  std::vector<uint32_t> weights;       // [length / 2] pairs, rounded up
  std::vector<float> sums;             // [head_dim]
  float totals[kPairRows] = {};        // of weights
  std::optional<PairMatrix> values{};  // where some are broken

  Scratch(int64_t head_dim, int64_t columns)
      : q(static_cast<size_t>(kPairRows * head_dim / 2)),
        scores(static_cast<size_t>(kPairRows * columns)),
        weights(scores.size() / 2),
        sums(2 * q.size()) {}
};

AttendedHead::AttendedHead(const Bf16Rows& keys, const Bf16Rows& values)
    : length_(keys.num_rows),
      head_dim_(keys.width),
      scale_(1 / std::sqrt(static_cast<float>(keys.width))),
      keys_(head_dim_ / 2, up_to_columns(length_)),
      values_(up_to_columns(length_) / 2, head_dim_),
      broken_values_(rows_with_no_number(values)) {
  pack_columns(keys, keys_);
  pack_rows(values, values_);
}

/// The keys that a block's rows see.
struct AttendedHead::Seen {
  int64_t first = 0;   // number of them that its first row sees
  int64_t length = 0;  // of all keys
  int64_t num_rows = 0;

  int64_t operator()(int64_t row) const { return std::min(length, first + row); }
  int64_t num_columns() const { return up_to_columns((*this)(num_rows - 1)); }
};

void AttendedHead::operator()(const HeadQueries& queries) const {
  Scratch scratch(head_dim_, keys_.width);
  for (int64_t begin = 0; begin < queries.num_rows; begin += kPairRows) {
    attend_block({.q = queries.q + begin * queries.q_distance,
                  .out = queries.out + begin * queries.out_distance,
                  .num_rows = std::min(kPairRows, queries.num_rows - begin),
                  .q_distance = queries.q_distance,
                  .out_distance = queries.out_distance,
                  .first_seen = queries.first_seen + begin},
                 scratch);
  }
}

void AttendedHead::attend_block(const HeadQueries& block, Scratch& scratch) const {
  const Seen seen{.first = block.first_seen, .length = length_, .num_rows = block.num_rows};
  for (int64_t row = 0; row < block.num_rows; ++row) {
    std::memcpy(scratch.q.data() + row * head_dim_ / 2, block.q + row * block.q_distance,
                static_cast<size_t>(head_dim_) * sizeof(uint16_t));
  }
  weigh(seen, scratch);
  mix(seen, scratch);
  for (int64_t row = 0; row < block.num_rows; ++row) {
    uint16_t* const out = block.out + row * block.out_distance;
    const float* const sums = scratch.sums.data() + row * head_dim_;
    // What is not seen has a sign too, which a sum of zeros takes: either zero becomes +0.
    for (int64_t i = 0; i < head_dim_; ++i) out[i] = to_bf16(sums[i] / scratch.totals[row] + 0.0F);
  }
}

void AttendedHead::weigh(const Seen& seen, Scratch& scratch) const {
  const int64_t num_columns = seen.num_columns();
  pair_product({.a = scratch.q.data(),
                .a_distance = head_dim_ / 2,
                .b = &keys_,
                .num_pairs = head_dim_ / 2,
                .num_columns = num_columns,
                .c_distance = num_columns},
               scratch.scores.data());
  for (int64_t row = 0; row < seen.num_rows; ++row) {
    float* const scores = scratch.scores.data() + row * num_columns;
    std::fill(scores + seen(row), scores + num_columns, -std::numeric_limits<float>::infinity());
    scratch.totals[row] =
        exponentials(scores, num_columns, scale_, scratch.weights.data() + row * num_columns / 2);
  }
}

/// The block's weights times values.
PairProduct AttendedHead::product_with(const PairMatrix& values, const Seen& seen,
                                       const Scratch& scratch) const {
  const int64_t num_pairs = seen.num_columns() / 2;
  return {.a = scratch.weights.data(),
          .a_distance = num_pairs,
          .b = &values,
          .num_pairs = num_pairs,
          .num_columns = head_dim_,
          .c_distance = head_dim_};
}

void AttendedHead::mix(const Seen& seen, Scratch& scratch) const {
  const auto product = product_with(values_, seen, scratch);
  pair_product(product, scratch.sums.data());
  const auto first_broken = std::lower_bound(broken_values_.begin(), broken_values_.end(), seen(0));
  if (first_broken != broken_values_.end() && *first_broken < seen.num_columns()) {
    mix_without_broken(seen, scratch);
  }
}

/// 0 * NaN is NaN: each row again, without the broken values that it does not see.
void AttendedHead::mix_without_broken(const Seen& seen, Scratch& scratch) const {
  if (!scratch.values) scratch.values = values_;
  auto& words = scratch.values->words;
  const int64_t begin = seen(0) / 2 * head_dim_, end = seen.num_columns() / 2 * head_dim_;
  const auto product = product_with(*scratch.values, seen, scratch);
  std::vector<float> sums(scratch.sums.size());
  for (int64_t row = 0; row < seen.num_rows; ++row) {
    auto broken = std::lower_bound(broken_values_.begin(), broken_values_.end(), seen(row));
    for (; broken != broken_values_.end() && *broken < seen.num_columns(); ++broken) {
      clear_row(*scratch.values, *broken);
    }
    pair_product(product, sums.data());
    std::copy_n(sums.begin() + row * head_dim_, head_dim_, scratch.sums.begin() + row * head_dim_);
    std::copy(values_.words.begin() + begin, values_.words.begin() + end, words.begin() + begin);
  }
}

}  // namespace mono::kernels
