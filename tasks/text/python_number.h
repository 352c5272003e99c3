#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Python 3.11's numbers as text, and the two orders in which the references add them up.
namespace mono::tasks {

/// `repr(float)`: shortest digits that read back, `3.0`, `1e-05`, `1e+16`, `inf`, `nan`.
std::string float_repr(double value);

/// `int(text)` of up to 4300 digits: without leading zeros, `-` in front where negative.
/// \returns nothing where Python raises ValueError.
std::optional<std::string> parse_int(std::string_view text);

/// `float(text)`, correctly rounded; overflow gives an infinity.
/// \returns nothing where Python raises ValueError.
std::optional<double> parse_float(std::string_view text);

/// `np.round(value, decimals)`: multiplied by 10^decimals, rounded half to even, divided again; in
/// rare cases not the nearest decimal.
double numpy_round(double value, int decimals);

/// `sum(values)`: left to right, starting from 0.
double sum_left_to_right(std::span<const double> values);

/// `np.sum(values)`: up to seven values left to right, up to 128 in eight interleaved partial
/// sums, more split in two near the middle, at a multiple of eight.
/// Formula: numpy/numpy v1.26.4, numpy/core/src/umath/loops_utils.h.src, pairwise sum.
double pairwise_sum(std::span<const double> values);

/// `np.mean(values)`: pairwise_sum / n.
/// \throws model::SetupError if there are no values.
double pairwise_mean(std::span<const double> values);

/// Standard error of a mean, sqrt(sum (x - mean)^2 / (n - 1) / n), Miller 2024, arXiv:2411.00640.
/// \returns nothing for fewer than two values.
std::optional<double> standard_error_of_mean(std::span<const double> values);

}  // namespace mono::tasks
