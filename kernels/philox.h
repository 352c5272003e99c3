#pragma once

#include <cstdint>

#ifdef __CUDACC__
#define MONO_HOST_DEVICE __host__ __device__
#else
#define MONO_HOST_DEVICE
#endif

namespace mono::kernels {

struct PhiloxBlock {
  uint32_t words[4] = {};
};

/// Philox4x32 with ten rounds: 128 random bits for each key and counter.
/// Formula: Salmon et al. 2011, doi:10.1145/2063384.2063405, section 3.3.
MONO_HOST_DEVICE inline PhiloxBlock philox(PhiloxBlock counter, uint64_t key) {
  constexpr uint64_t kMultiplier0 = 0xD2511F53U;
  constexpr uint64_t kMultiplier1 = 0xCD9E8D57U;
  constexpr uint32_t kWeyl0 = 0x9E3779B9U;
  constexpr uint32_t kWeyl1 = 0xBB67AE85U;
  auto key0 = static_cast<uint32_t>(key);
  auto key1 = static_cast<uint32_t>(key >> 32);
  uint32_t* const c = counter.words;
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = kMultiplier0 * c[0];
    const uint64_t product1 = kMultiplier1 * c[2];
    c[0] = static_cast<uint32_t>(product1 >> 32) ^ c[1] ^ key0;
    c[1] = static_cast<uint32_t>(product1);
    c[2] = static_cast<uint32_t>(product0 >> 32) ^ c[3] ^ key1;
    c[3] = static_cast<uint32_t>(product0);
    key0 += kWeyl0;
    key1 += kWeyl1;
  }
  return counter;
}

/// Uniform in [0, 1): the draw of a row with this seed after `num_drawn` others.
MONO_HOST_DEVICE inline double uniform_draw(uint64_t seed, uint32_t num_drawn) {
  const PhiloxBlock block = philox({{num_drawn, 0, 0, 0}}, seed);
  const uint64_t bits = (uint64_t{block.words[0]} << 32) | block.words[1];
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace mono::kernels
