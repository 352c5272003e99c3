#include "model/image/normalise.h"

#include <bit>

#include "model/adapter.h"

namespace mono::model {
namespace {

constexpr float kMean[3] = {0.485F, 0.456F, 0.406F};
constexpr float kStd[3] = {0.229F, 0.224F, 0.225F};

uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

template <typename T>
using Table = std::array<std::array<T, 256>, 3>;

template <typename T>
void apply(std::span<const uint8_t> tiles, int tile_size, const Table<T>& table, std::span<T> out) {
  const size_t plane = static_cast<size_t>(tile_size) * tile_size;
  if (tile_size < 1 || tiles.size() % (plane * 3) != 0 || out.size() != tiles.size()) {
    fail("normalise: ", tiles.size(), " bytes are no tiles of ", tile_size, "x", tile_size,
         " for an output of ", out.size(), " values");
  }
  for (size_t tile = 0; tile < tiles.size(); tile += plane * 3) {
    const uint8_t* const rgb = tiles.data() + tile;
    T* const red = out.data() + tile;
    T* const green = red + plane;
    T* const blue = green + plane;
    for (size_t i = 0; i < plane; ++i) {
      red[i] = table[0][rgb[3 * i]];
      green[i] = table[1][rgb[3 * i + 1]];
      blue[i] = table[2][rgb[3 * i + 2]];
    }
  }
}

}  // namespace

const Table<float>& normalise_table() {
  static const Table<float> table = [] {
    Table<float> values{};
    for (int channel = 0; channel < 3; ++channel) {
      for (int byte = 0; byte < 256; ++byte) {
        const float unit = static_cast<float>(byte) / 255.0F;
        const float centred = unit - kMean[channel];
        values[channel][byte] = centred / kStd[channel];
      }
    }
    return values;
  }();
  return table;
}

const Table<uint16_t>& normalise_table_bf16() {
  static const Table<uint16_t> table = [] {
    Table<uint16_t> values{};
    for (int channel = 0; channel < 3; ++channel) {
      for (int byte = 0; byte < 256; ++byte) {
        values[channel][byte] = to_bf16(normalise_table()[channel][byte]);
      }
    }
    return values;
  }();
  return table;
}

void normalise(std::span<const uint8_t> tiles, int tile_size, std::span<float> out) {
  apply(tiles, tile_size, normalise_table(), out);
}

void normalise(std::span<const uint8_t> tiles, int tile_size, std::span<uint16_t> out) {
  apply(tiles, tile_size, normalise_table_bf16(), out);
}

}  // namespace mono::model
