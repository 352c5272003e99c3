#include "tasks/text/python_random.h"

#include <bit>
#include <limits>

#include "model/adapter.h"

namespace mono::tasks {

PythonRandom::PythonRandom(uint32_t seed) {
  constexpr uint32_t kArraySeed = 19650218;
  state_[0] = kArraySeed;
  const auto mixed = [this](size_t i, uint32_t factor) {
    return (state_[i - 1] ^ (state_[i - 1] >> 30U)) * factor;
  };
  for (size_t i = 1; i < kSize; ++i) {
    state_[i] = mixed(i, 1812433253U) + static_cast<uint32_t>(i);
  }
  // The key has one element, so the place in it is always 0.
  size_t i = 1;
  const auto advance = [&] {
    if (++i < kSize) return;
    state_[0] = state_[kSize - 1];
    i = 1;
  };
  for (size_t k = 0; k < kSize; ++k) {
    state_[i] = (state_[i] ^ mixed(i, 1664525U)) + seed;
    advance();
  }
  for (size_t k = 1; k < kSize; ++k) {
    state_[i] = (state_[i] ^ mixed(i, 1566083941U)) - static_cast<uint32_t>(i);
    advance();
  }
  state_[0] = 0x80000000U;
}

void PythonRandom::refill() {
  constexpr size_t kShift = 397;
  for (size_t i = 0; i < kSize; ++i) {
    const uint32_t y = (state_[i] & 0x80000000U) | (state_[(i + 1) % kSize] & 0x7FFFFFFFU);
    const uint32_t twist = (y & 1U) != 0 ? 0x9908B0DFU : 0U;
    state_[i] = state_[(i + kShift) % kSize] ^ (y >> 1U) ^ twist;
  }
  position_ = 0;
}

uint32_t PythonRandom::next() {
  if (position_ == kSize) refill();
  uint32_t y = state_[position_++];
  y ^= y >> 11U;
  y ^= (y << 7U) & 0x9D2C5680U;
  y ^= (y << 15U) & 0xEFC60000U;
  return y ^ (y >> 18U);
}

size_t PythonRandom::below(size_t n) {
  if (n == 0 || n > std::numeric_limits<uint32_t>::max()) {
    model::fail("random: expected a range of 1 to 4294967295, got ", n);
  }
  const auto num_bits = static_cast<unsigned>(std::bit_width(n));
  for (;;) {
    const uint32_t value = next() >> (32U - num_bits);
    if (value < n) return value;
  }
}

}  // namespace mono::tasks
