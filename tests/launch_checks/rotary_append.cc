#include "kernels/rotary_append_launch.h"
#include "tests/launch_checks/all.h"
#include "tests/launch_checks/launch_checks.h"

namespace mono::launch_checks {
namespace {

constexpr int kTokens = 3;
constexpr int kSlots = 2;
constexpr int kCapacity = 4;

struct RotaryCase {
  int num_kv_heads = 0;
  int group = 0;
  int head_dim = 0;
  bool has_bias = false;
  bool is_fast = false;
};

template <typename T>
struct Inputs {
  explicit Inputs(const RotaryCase& c)
      : width(static_cast<size_t>(c.num_kv_heads * (c.group + 2) * c.head_dim)),
        qkv(normal_values<T>(kTokens * width, 1)),
        bias(normal_values<T>(width, 2)) {
    for (int i = 0; i < 5 * c.head_dim / 2; ++i) {
      cos.push_back(static_cast<T>(std::cos(0.3F * static_cast<float>(i))));
      sin.push_back(static_cast<T>(std::sin(0.3F * static_cast<float>(i))));
    }
  }

  size_t width;
  std::vector<T> qkv;
  std::vector<T> bias;
  std::vector<T> cos{};
  std::vector<T> sin{};
  std::vector<int32_t> slot = {1, -1, 0};
  std::vector<int32_t> position = {3, 0, 2};
  std::vector<int32_t> angle = {4, 1, 2};
  std::vector<int32_t> row = {2, 0, 1};
};

/// Element d of a head in the grouped packing, rotated where asked; the kernel's own roundings.
template <typename T>
double element(const Inputs<T>& in, const RotaryCase& c, size_t token, int block, int d,
               bool is_rotated) {
  const auto value = [&](int i) {
    const size_t column = static_cast<size_t>(int64_t{block} * c.head_dim + i);
    float x = static_cast<float>(in.qkv[static_cast<size_t>(in.row[token]) * in.width + column]);
    if (c.has_bias) x += static_cast<float>(in.bias[column]);
    return c.is_fast ? x : round_to<T>(x);
  };
  if (!is_rotated) return round_to<T>(value(d));
  const int half = c.head_dim / 2;
  const int i = d % half;
  const auto at = static_cast<size_t>(int64_t{in.angle[token]} * half + i);
  const float cos = static_cast<float>(in.cos[at]);
  const float sin = d < half ? -static_cast<float>(in.sin[at]) : static_cast<float>(in.sin[at]);
  const float first = value(d) * cos;
  const float second = value(d < half ? i + half : i) * sin;
  return c.is_fast ? round_to<T>(first + second)
                   : round_to<T>(round_to<T>(first) + round_to<T>(second));
}

template <typename T>
kernels::HeadRows<T> rows(const T* data, const T* bias, const RotaryCase& c, int first_block,
                          size_t width) {
  const int64_t group_distance = int64_t{c.group + 2} * c.head_dim;
  const int64_t offset = int64_t{first_block} * c.head_dim;
  return {.data = data + offset,
          .bias = c.has_bias ? bias + offset : nullptr,
          .row_distance = static_cast<int64_t>(width),
          .group_distance = group_distance,
          .head_distance = c.head_dim,
          .bias_group_distance = group_distance,
          .bias_head_distance = c.head_dim};
}

template <typename T>
bool check_case(const RotaryCase& c) {
  const Inputs<T> in(c);
  const size_t head_dim = static_cast<size_t>(c.head_dim);
  const size_t kv_width = static_cast<size_t>(c.num_kv_heads) * head_dim;
  const size_t out_width = kv_width * static_cast<size_t>(c.group);
  const std::vector<T> nines(kSlots * kCapacity * kv_width, static_cast<T>(9.0F));
  const OnDevice<T> qkv(in.qkv), bias(in.bias), cos(in.cos), sin(in.sin), keys(nines),
      values(nines), out(poison<T>(kTokens * out_width));
  const OnDevice<int32_t> slot(in.slot), position(in.position), angle(in.angle), row(in.row);
  kernels::launch_rotary_append(
      kernels::RotaryAppendArguments<T>{
          .q = rows(qkv.data(), bias.data(), c, 0, in.width),
          .k = rows(qkv.data(), bias.data(), c, c.group, in.width),
          .v = rows(qkv.data(), bias.data(), c, c.group + 1, in.width),
          .cos = cos.data(),
          .sin = sin.data(),
          .slot = slot.data(),
          .position = position.data(),
          .angle = angle.data(),
          .row = row.data(),
          .keys = keys.data(),
          .values = values.data(),
          .out = out.data(),
          .num_tokens = kTokens,
          .capacity = kCapacity,
          .num_kv_heads = c.num_kv_heads,
          .group = c.group,
          .head_dim = c.head_dim,
          .is_fast = c.is_fast},
      nullptr);

  std::vector<double> expected_out(kTokens * out_width);
  std::vector<double> expected_keys(nines.size(), 9), expected_values(nines.size(), 9);
  for (size_t token = 0; token < kTokens; ++token) {
    for (int kv_head = 0; kv_head < c.num_kv_heads; ++kv_head) {
      const int block = kv_head * (c.group + 2);
      for (int d = 0; d < c.head_dim; ++d) {
        for (int j = 0; j < c.group; ++j) {
          const auto head = static_cast<size_t>(int64_t{kv_head} * c.group + j);
          expected_out[token * out_width + head * head_dim + static_cast<size_t>(d)] =
              element(in, c, token, block + j, d, true);
        }
        if (in.slot[token] < 0) continue;
        const auto place =
            static_cast<size_t>(int64_t{in.slot[token]} * kCapacity + in.position[token]);
        const size_t at = place * kv_width + static_cast<size_t>(int64_t{kv_head} * c.head_dim + d);
        expected_keys[at] = element(in, c, token, block + c.group, d, true);
        expected_values[at] = element(in, c, token, block + c.group + 1, d, false);
      }
    }
  }
  return is_near("q", out.read(), expected_out, 0) &&
         is_near("keys", keys.read(), expected_keys, 0) &&
         is_near("values", values.read(), expected_values, 0);
}

}  // namespace

bool check_rotary_append() {
  bool is_right = true;
  for (const RotaryCase& c :
       {RotaryCase{8, 2, 128}, RotaryCase{2, 7, 64, true}, RotaryCase{2, 3, 16, true, true},
        RotaryCase{1, 1, 8}, RotaryCase{2, 2, 6, true}, RotaryCase{32, 1, 96}}) {
    is_right &= check_case<float>(c) && check_case<__nv_bfloat16>(c);
  }
  return is_right;
}

}  // namespace mono::launch_checks
