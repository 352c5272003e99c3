#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mono::tasks {

/// Python's `random.Random(seed)`: the Mersenne Twister MT19937, seeded with the array `[seed]`.
/// Matsumoto and Nishimura 1998, doi:10.1145/272991.272995; python/cpython v3.11
/// Modules/_randommodule.c and Lib/random.py.
class PythonRandom {
 public:
  explicit PythonRandom(uint32_t seed);

  /// The next 32-bit output.
  uint32_t next();

  /// `randrange(n)`, which `choice` takes its place from: the top bits of outputs until one is
  /// below n.
  /// \param n  At least 1, below 2^32.
  /// \throws model::SetupError if it is not.
  size_t below(size_t n);

 private:
  static constexpr size_t kSize = 624;

  void refill();

  std::array<uint32_t, kSize> state_{};
  size_t position_ = kSize;
};

}  // namespace mono::tasks
