#include "model/sha256.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

namespace mono::model {
namespace {

constexpr size_t kBlockSize = 64;
constexpr size_t kLengthSize = 8;

using Words = std::array<uint32_t, 8>;

constexpr Words kStart = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                          0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
constexpr std::array<uint32_t, 64> kRounds = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::array<uint32_t, 64> schedule_of(const uint8_t* block) {
  std::array<uint32_t, 64> w{};
  for (size_t t = 0; t < 16; ++t) {
    for (size_t i = 0; i < 4; ++i) w[t] = w[t] << 8 | block[4 * t + i];
  }
  for (size_t t = 16; t < w.size(); ++t) {
    const uint32_t a = w[t - 15];
    const uint32_t b = w[t - 2];
    w[t] = w[t - 16] + w[t - 7] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) +
           (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
  }
  return w;
}

/// The letters are the standard's.
void add_block(Words& hash, const uint8_t* block) {
  const auto w = schedule_of(block);
  auto [a, b, c, d, e, f, g, h] = hash;
  for (size_t t = 0; t < w.size(); ++t) {
    const uint32_t choice = (e & f) ^ (~e & g);
    const uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    const uint32_t one =
        h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + choice + kRounds[t] + w[t];
    const uint32_t two = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + majority;
    h = g;
    g = f;
    f = e;
    e = d + one;
    d = c;
    c = b;
    b = a;
    a = one + two;
  }
  const Words added = {a, b, c, d, e, f, g, h};
  for (size_t i = 0; i < hash.size(); ++i) hash[i] += added[i];
}

/// What does not fill a block, a 1 bit, zeros and the length in bits: one block or two.
std::vector<uint8_t> last_blocks(std::span<const uint8_t> rest, uint64_t num_bytes) {
  std::vector<uint8_t> blocks(rest.begin(), rest.end());
  blocks.push_back(0x80);
  const size_t filled = blocks.size() + kLengthSize;
  blocks.resize((filled + kBlockSize - 1) / kBlockSize * kBlockSize - kLengthSize);
  for (int shift = 56; shift >= 0; shift -= 8) {
    blocks.push_back(static_cast<uint8_t>(num_bytes * 8 >> shift));
  }
  return blocks;
}

}  // namespace

std::string plain_sha256(std::span<const uint8_t> bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  constexpr int kLastDigit = 28;
  auto hash = kStart;
  const size_t num_whole = bytes.size() / kBlockSize * kBlockSize;
  for (size_t i = 0; i < num_whole; i += kBlockSize) add_block(hash, bytes.data() + i);
  const auto last = last_blocks(bytes.subspan(num_whole), bytes.size());
  for (size_t i = 0; i < last.size(); i += kBlockSize) add_block(hash, last.data() + i);
  std::string hex;
  for (const uint32_t word : hash) {
    for (int shift = kLastDigit; shift >= 0; shift -= 4) hex += kDigits[word >> shift & 15];
  }
  return hex;
}

std::string plain_sha256(std::span<const int64_t> ids) {
  return plain_sha256(std::span(reinterpret_cast<const uint8_t*>(ids.data()), ids.size_bytes()));
}

}  // namespace mono::model
