#include "kernels/decode_attention_launch.h"
#include "tests/launch_checks/all.h"
#include "tests/launch_checks/launch_checks.h"

namespace mono::launch_checks {
namespace {

constexpr int kSlots = 3;
constexpr size_t kCapacity = 270;
constexpr size_t kSplits = 3;

struct AttentionCase {
  int num_kv_heads = 0;
  int group = 0;
  int head_dim = 0;
  int repeats = 1;  // of the rows: so many splits that a kernel of its own combines them
};

/// One query head against the first `length` positions of its slot, in double.
template <typename T>
std::vector<double> attend(const std::vector<T>& q, const std::vector<T>& keys,
                           const std::vector<T>& values, const AttentionCase& c, size_t q_at,
                           size_t slot, int kv_head, int length) {
  const auto head_dim = static_cast<size_t>(c.head_dim);
  const auto at = [&](int position) {
    return ((slot * kCapacity + static_cast<size_t>(position)) *
                static_cast<size_t>(c.num_kv_heads) +
            static_cast<size_t>(kv_head)) *
           head_dim;
  };
  std::vector<double> weights;
  double largest = -INFINITY;
  for (int position = 0; position < length; ++position) {
    double score = 0;
    for (size_t d = 0; d < head_dim; ++d) {
      score += to_double(q[q_at + d]) * to_double(keys[at(position) + d]);
    }
    weights.push_back(score / std::sqrt(static_cast<double>(c.head_dim)));
    largest = std::max(largest, weights.back());
  }
  double total = 0;
  for (double& weight : weights) total += weight = std::exp(weight - largest);
  std::vector<double> out(head_dim, 0);
  for (int position = 0; position < length; ++position) {
    for (size_t d = 0; d < head_dim; ++d) {
      out[d] +=
          weights[static_cast<size_t>(position)] / total * to_double(values[at(position) + d]);
    }
  }
  return out;
}

/// \param arrivals  for all cases; 0 between them
template <typename T>
bool check_case(const AttentionCase& c, const OnDevice<int32_t>& arrivals) {
  std::vector<int32_t> slot;
  std::vector<int32_t> length;
  for (int i = 0; i < c.repeats; ++i) {
    slot.insert(slot.end(), {2, 0, 1, 2, 0});
    length.insert(length.end(), {270, 1, 0, 128, 129});
  }
  const size_t rows = slot.size();
  const auto head_dim = static_cast<size_t>(c.head_dim);
  const auto num_heads = static_cast<size_t>(int64_t{c.num_kv_heads} * c.group);
  const size_t cache_size = kSlots * kCapacity * static_cast<size_t>(c.num_kv_heads) * head_dim;
  const auto q = normal_values<T>(rows * num_heads * head_dim, 1);
  const auto keys = normal_values<T>(cache_size, 2);
  const auto values = normal_values<T>(cache_size, 3);
  const OnDevice<T> q_there(q), keys_there(keys), values_there(values),
      out_there(poison<T>(q.size()));
  const OnDevice<float> sums(poison<float>(q.size() * kSplits)),
      scales(poison<float>(rows * num_heads * kSplits * 2));
  const OnDevice<int32_t> slot_there(slot), length_there(length);
  const kernels::DecodeAttentionArguments<T> arguments{.q = q_there.data(),
                                                       .keys = keys_there.data(),
                                                       .values = values_there.data(),
                                                       .slot = slot_there.data(),
                                                       .length = length_there.data(),
                                                       .sums = sums.data(),
                                                       .scales = scales.data(),
                                                       .arrivals = arrivals.data(),
                                                       .out = out_there.data(),
                                                       .capacity = kCapacity,
                                                       .max_length = kCapacity,
                                                       .num_rows = static_cast<int>(rows),
                                                       .num_kv_heads = c.num_kv_heads,
                                                       .group = c.group,
                                                       .head_dim = c.head_dim};
  if (!kernels::launch_decode_attention(arguments, nullptr)) return false;

  std::vector<double> expected;
  for (size_t row = 0; row < rows; ++row) {
    for (size_t head = 0; head < num_heads; ++head) {
      const auto out =
          attend(q, keys, values, c, (row * num_heads + head) * head_dim,
                 static_cast<size_t>(slot[row]), static_cast<int>(head) / c.group, length[row]);
      expected.insert(expected.end(), out.begin(), out.end());
    }
  }
  return is_near("attention", out_there.read(), expected, kTolerance<T>);
}

/// A step in one kernel against the rotation and then the attention: the same bits.
template <typename T>
bool check_step(const AttentionCase& c, const OnDevice<int32_t>& arrivals) {
  const std::vector<int32_t> slot = {2, 0, -1, 1};
  const std::vector<int32_t> length = {270, 1, 0, 129};
  const std::vector<int32_t> position = {269, 0, 0, 128};
  const size_t rows = slot.size();
  const auto head_dim = static_cast<size_t>(c.head_dim);
  const auto num_heads = static_cast<size_t>(int64_t{c.num_kv_heads} * c.group);
  const auto width = (num_heads + 2 * static_cast<size_t>(c.num_kv_heads)) * head_dim;
  const size_t cache_size = kSlots * kCapacity * static_cast<size_t>(c.num_kv_heads) * head_dim;
  const auto keys = normal_values<T>(cache_size, 2);
  const auto values = normal_values<T>(cache_size, 3);
  const OnDevice<T> qkv(normal_values<T>(rows * width, 1)),
      cos(normal_values<T>(kCapacity * head_dim / 2, 4)),
      sin(normal_values<T>(kCapacity * head_dim / 2, 5));
  const OnDevice<int32_t> slots(slot), lengths(length), positions(position);
  const auto part = [&](size_t first, int heads) {
    return kernels::HeadRows<T>{.data = qkv.data() + first * head_dim,
                                .row_distance = static_cast<int64_t>(width),
                                .group_distance = int64_t{heads} * c.head_dim,
                                .head_distance = c.head_dim};
  };
  const auto run = [&](bool in_one) {
    const OnDevice<T> keys_there(keys), values_there(values),
        q(poison<T>(rows * num_heads * head_dim)), out(poison<T>(rows * num_heads * head_dim));
    const OnDevice<float> sums(poison<float>(rows * num_heads * head_dim * kSplits)),
        scales(poison<float>(rows * num_heads * kSplits * 2));
    const kernels::RotaryAppendArguments<T> append{
        .q = part(0, c.group),
        .k = part(num_heads, 1),
        .v = part(num_heads + static_cast<size_t>(c.num_kv_heads), 1),
        .cos = cos.data(),
        .sin = sin.data(),
        .slot = slots.data(),
        .position = positions.data(),
        .angle = positions.data(),
        .keys = keys_there.data(),
        .values = values_there.data(),
        .out = in_one ? nullptr : q.data(),
        .num_tokens = static_cast<int64_t>(rows),
        .capacity = kCapacity,
        .num_kv_heads = c.num_kv_heads,
        .group = c.group,
        .head_dim = c.head_dim};
    if (!in_one) kernels::launch_rotary_append(append, nullptr);
    const kernels::DecodeAttentionArguments<T> arguments{.q = in_one ? nullptr : q.data(),
                                                         .keys = keys_there.data(),
                                                         .values = values_there.data(),
                                                         .slot = slots.data(),
                                                         .length = lengths.data(),
                                                         .sums = sums.data(),
                                                         .scales = scales.data(),
                                                         .arrivals = arrivals.data(),
                                                         .out = out.data(),
                                                         .capacity = kCapacity,
                                                         .max_length = kCapacity,
                                                         .num_rows = static_cast<int>(rows),
                                                         .num_kv_heads = c.num_kv_heads,
                                                         .group = c.group,
                                                         .head_dim = c.head_dim,
                                                         .append = append};
    if (!kernels::launch_decode_attention(arguments, nullptr)) return std::vector<T>();
    auto all = out.read();
    for (const auto* const cache : {&keys_there, &values_there}) {
      const auto stored = cache->read();
      all.insert(all.end(), stored.begin(), stored.end());
    }
    return all;
  };
  const auto in_one = run(true);
  const auto in_two = run(false);
  bool is_right = !in_one.empty() && in_one.size() == in_two.size();
  for (size_t i = 0; is_right && i < in_one.size(); ++i) {
    is_right = to_double(in_one[i]) == to_double(in_two[i]);
  }
  if (!is_right) std::printf("  a step of heads of %d has other bits in one kernel\n", c.head_dim);
  return is_right;
}

}  // namespace

bool check_decode_attention() {
  constexpr size_t kMostCounted = 180;  // of a case
  const std::vector<int32_t> none_came(kMostCounted);
  const OnDevice<int32_t> arrivals(none_came);
  bool is_right = true;
  for (const AttentionCase& c : {AttentionCase{2, 2, 128}, AttentionCase{1, 7, 64}}) {
    is_right &= check_step<float>(c, arrivals) && check_step<__nv_bfloat16>(c, arrivals);
  }
  for (const AttentionCase& c :
       {AttentionCase{2, 2, 128}, AttentionCase{1, 7, 64}, AttentionCase{1, 1, 96},
        AttentionCase{1, 3, 16}, AttentionCase{1, 4, 32}, AttentionCase{1, 2, 8}}) {
    is_right &= check_case<float>(c, arrivals) && check_case<__nv_bfloat16>(c, arrivals);
  }
  is_right &= check_case<__nv_bfloat16>({2, 1, 8, 18}, arrivals);
  if (arrivals.read() != none_came) {
    std::printf("  decode_attention: a row is left half counted\n");
    is_right = false;
  }
  return is_right;
}

}  // namespace mono::launch_checks
