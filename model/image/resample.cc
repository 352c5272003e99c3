#include "model/image/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/adapter.h"

namespace mono::model::resampling {
namespace {

constexpr int kPrecisionBits = 22;
constexpr int32_t kHalf = 1 << (kPrecisionBits - 1);

double bicubic(double t) {
  constexpr double a = -0.5;
  t = std::abs(t);
  if (t < 1.0) return ((a + 2.0) * t - (a + 3.0)) * t * t + 1;
  if (t < 2.0) return (((t - 5) * t + 8) * t - 4) * a;
  return 0.0;
}

double bilinear(double t) {
  t = std::abs(t);
  return t < 1.0 ? 1.0 - t : 0.0;
}

// Pillow cuts the sum, which is not std::lround: just below a half the sum itself rounds up.
int rounded(double value) {
  return static_cast<int>(std::trunc(value + 0.5));
}

int32_t to_fixed(double weight) {
  const double scaled = weight * (1 << kPrecisionBits);
  return static_cast<int32_t>(weight < 0 ? scaled - 0.5 : scaled + 0.5);
}

uint8_t to_byte(int32_t sum) {
  return static_cast<uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

void split_weights(AxisWeights& axis) {
  for (size_t i = 0; i < axis.weights.size(); i += 2) {
    axis.pairs.push_back(split_pair(axis.weights[i], axis.weights[i + 1]));
  }
}

void group_pairs(AxisWeights& axis) {
  const int num_groups = (axis.out_size + kGroup - 1) / kGroup;
  const size_t size = static_cast<size_t>(num_groups) * axis.num_pairs * kGroup;
  axis.low.assign(size, 0);
  axis.high.assign(size, 0);
  axis.first.resize(static_cast<size_t>(num_groups) * kGroup, 0);
  for (int x = 0; x < axis.out_size; ++x) {
    for (int pair = 0; pair < axis.num_pairs; ++pair) {
      const auto& split = axis.pairs[static_cast<size_t>(x) * axis.num_pairs + pair];
      const size_t at =
          (static_cast<size_t>(x / kGroup) * axis.num_pairs + pair) * kGroup + x % kGroup;
      axis.low[at] = split.low;
      axis.high[at] = split.high;
    }
  }
}

/// Hands out horizontally resized rows in rising order and keeps the last few.
class RowWindow {
 public:
  RowWindow(const Job& job, const Passes& passes, int capacity)
      : job_(job), passes_(passes), capacity_(capacity) {
    resizes_ = job.in_width != job.out_width;
    in_bytes_ = static_cast<size_t>(job.in_width) * job.channels;
    stride_ = static_cast<size_t>(job.out_width) * job.channels + kWriteMargin;
    if (!resizes_) return;
    axis_ = axis_weights(job.in_width, job.out_width, job.filter);
    margin_ = read_margin(axis_, job.channels);
    padded_row_.resize(in_bytes_ + margin_);
    rows_.resize(stride_ * capacity);
  }

  /// The row, valid until `capacity` further ones were asked for.
  const uint8_t* row(int y) {
    if (!resizes_) return job_.in + y * in_bytes_;
    for (next_ = std::max(next_, y - capacity_ + 1); next_ <= y; ++next_) make(next_);
    return rows_.data() + (y % capacity_) * stride_;
  }

 private:
  void make(int y) {
    const uint8_t* in = job_.in + y * in_bytes_;
    const size_t bytes_behind = (static_cast<size_t>(job_.in_height) - y - 1) * in_bytes_;
    if (bytes_behind < margin_) {
      std::memcpy(padded_row_.data(), in, in_bytes_);
      in = padded_row_.data();
    }
    passes_.horizontal(in, axis_, job_.channels, rows_.data() + (y % capacity_) * stride_);
  }

  const Job& job_;
  const Passes& passes_;
  int capacity_ = 0;
  bool resizes_ = false;
  size_t in_bytes_ = 0;
  size_t stride_ = 0;
  size_t margin_ = 0;
  int next_ = 0;
  AxisWeights axis_{};
  std::vector<uint8_t> padded_row_{};
  std::vector<uint8_t> rows_{};  // [capacity, stride]
};

/// An axis that keeps its size: each pixel is its own, with weight 1.
AxisWeights identity_weights(int size) {
  AxisWeights axis{.in_size = size, .out_size = size, .max_taps = 1, .num_pairs = 1};
  axis.first.resize(size);
  axis.count.assign(size, 1);
  axis.weights.resize(static_cast<size_t>(size) * 2);
  for (int i = 0; i < size; ++i) {
    axis.first[i] = i;
    axis.weights[2 * static_cast<size_t>(i)] = 1 << kPrecisionBits;
  }
  split_weights(axis);
  return axis;
}

}  // namespace

Taps real_weights(int in_size, int out_size, Filter filter, int index,
                  std::vector<double>& weights) {
  const double scale = static_cast<double>(in_size) / out_size;
  const double filter_scale = std::max(scale, 1.0);
  const double support = (filter == Filter::kBicubic ? 2.0 : 1.0) * filter_scale;
  const double inverse = 1.0 / filter_scale;
  const double centre = (index + 0.5) * scale;
  const int first = std::max(0, rounded(centre - support));
  const int end = std::min(in_size, rounded(centre + support));

  weights.clear();
  double sum = 0.0;
  for (int k = first; k < end; ++k) {
    const double t = (k - centre + 0.5) * inverse;
    weights.push_back(filter == Filter::kBicubic ? bicubic(t) : bilinear(t));
    sum += weights.back();
  }
  for (double& weight : weights) {
    if (sum != 0.0) weight /= sum;
  }
  return {first, end - first};
}

AxisWeights axis_weights(int in_size, int out_size, Filter filter) {
  AxisWeights axis{.in_size = in_size, .out_size = out_size};
  std::vector<std::vector<double>> real(out_size);
  for (int x = 0; x < out_size; ++x) {
    const auto taps = real_weights(in_size, out_size, filter, x, real[x]);
    axis.first.push_back(taps.first);
    axis.count.push_back(taps.count);
    axis.max_taps = std::max(axis.max_taps, taps.count);
  }
  axis.num_pairs = (axis.max_taps + 3) / 4 * 2;
  axis.weights.assign(static_cast<size_t>(out_size) * 2 * axis.num_pairs, 0);
  for (int x = 0; x < out_size; ++x) {
    std::transform(real[x].begin(), real[x].end(),
                   axis.weights.begin() + static_cast<ptrdiff_t>(x) * 2 * axis.num_pairs, to_fixed);
  }
  split_weights(axis);
  group_pairs(axis);
  return axis;
}

SplitPair split_pair(int32_t first, int32_t second) {
  const auto low = [](int32_t weight) { return static_cast<int16_t>(weight & 0xffff); };
  const auto high = [&](int32_t weight) { return (weight - low(weight)) / 65536; };
  const auto joined = [](int32_t a, int32_t b) {
    return static_cast<int32_t>((static_cast<uint32_t>(a) & 0xffff) |
                                (static_cast<uint32_t>(b) << 16));
  };
  return {joined(low(first), low(second)), joined(high(first), high(second))};
}

void horizontal_scalar(const uint8_t* in, const AxisWeights& axis, int channels, uint8_t* out) {
  for (int x = 0; x < axis.out_size; ++x) {
    const int32_t* const weights =
        axis.weights.data() + static_cast<size_t>(x) * 2 * axis.num_pairs;
    const uint8_t* const from = in + static_cast<size_t>(axis.first[x]) * channels;
    for (int channel = 0; channel < channels; ++channel) {
      int32_t sum = kHalf;
      for (int k = 0; k < axis.count[x]; ++k) sum += from[k * channels + channel] * weights[k];
      *out++ = to_byte(sum);
    }
  }
}

void vertical_scalar(const RowTaps& taps, size_t num_bytes, uint8_t* out) {
  for (size_t i = 0; i < num_bytes; ++i) {
    int32_t sum = kHalf;
    for (int k = 0; k < taps.count; ++k) sum += taps.rows[k][i] * taps.weights[k];
    out[i] = to_byte(sum);
  }
}

size_t read_margin(const AxisWeights& axis, int channels) {
  return static_cast<size_t>(2 * axis.num_pairs + 16) * channels;
}

Passes passes(Instructions instructions) {
  switch (instructions) {
    case Instructions::kAvx512:
      return {horizontal_avx512, vertical_avx512};
    case Instructions::kAvx2:
      return {horizontal_avx2, vertical_avx2};
    case Instructions::kScalar:
      return {horizontal_scalar, vertical_scalar};
  }
  fail("resize: unknown instruction set ", static_cast<int>(instructions));
}

Passes best_passes() {
  static const Passes best = passes(available_instructions().back());
  return best;
}

void resample(const Job& job, const Passes& passes, uint8_t* out) {
  const AxisWeights axis = job.in_height == job.out_height
                               ? identity_weights(job.out_height)
                               : axis_weights(job.in_height, job.out_height, job.filter);
  RowWindow window(job, passes, axis.max_taps);
  const size_t segment = static_cast<size_t>(job.tile_width) * job.channels;
  const int columns = job.out_width / job.tile_width;
  const size_t tile_bytes = segment * job.tile_height;
  std::vector<const uint8_t*> rows(axis.max_taps + 1);
  std::vector<const uint8_t*> segments(axis.max_taps + 1);

  for (int y = 0; y < job.out_height; ++y) {
    const int count = axis.count[y];
    for (int k = 0; k < count; ++k) rows[k] = window.row(axis.first[y] + k);
    rows[count] = rows[count - 1];
    const size_t at = static_cast<size_t>(y) * axis.num_pairs;
    const RowTaps taps{segments.data(), &axis.weights[2 * at], &axis.pairs[at], count};
    uint8_t* to = out + y / job.tile_height * columns * tile_bytes + y % job.tile_height * segment;
    for (int column = 0; column < columns; ++column, to += tile_bytes) {
      for (int k = 0; k <= count; ++k) segments[k] = rows[k] + column * segment;
      passes.vertical(taps, segment, to);
    }
  }
}

}  // namespace mono::model::resampling
