#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

namespace mono::kernels {

/// How one axis of a picture is resized: out[i] is the sum over k < count[i] of
/// weights[k, i] * in[first[i] + k], with weights of 22 fractional bits. An axis that keeps its
/// size has one weight of 2^22.
struct ResizeAxis {
  at::Tensor first{};    // int32 [out_size]
  at::Tensor count{};    // int32 [out_size], at least 1
  at::Tensor weights{};  // int32 [max_count, out_size]; what lies behind count is not read
};

/// Copies the tables to a device.
/// \param weights  [max_count, first.size()], row-major.
/// \throws c10::Error if the sizes do not fit each other.
ResizeAxis resize_axis(std::span<const int32_t> first, std::span<const int32_t> count,
                       std::span<const int32_t> weights, at::Device device);

/// Resizes a picture, cuts it into tiles and writes each patch of each tile as the row that the
/// patch embedding multiplies.
///
///   h[y, x] = clip((2^21 + sum_k horizontal.weights[k, x] * source[y, horizontal.first[x] + k]) >>
///   22) p[y, x] = clip((2^21 + sum_k vertical.weights[k, y] * h[vertical.first[y] + k, x]) >> 22)
///   out[((t * grid) + r) * grid + c, (channel * P + dy) * P + dx]
///       = table[channel, p[tile row, r * P + dy, tile column, c * P + dx]]
///
/// t numbers tiles row by row, P = patch_size, grid = tile_size / P. Integer arithmetic: every
/// backend gives the same bits.
///
/// \param source      uint8 [height, width, 3], dense.
/// \param horizontal  to columns * tile_size; trusted to stay inside the picture.
/// \param vertical    to rows * tile_size; likewise.
/// \param table       [3, 256], dense: the normalised value of each byte in each channel; float or
///                    bf16.
/// \param scratch     uint8, dense, at least height * columns * tile_size * 3 elements: h.
/// \param out         [rows * columns * grid^2, width >= 3 * P^2], dense; dtype of table. Columns
///                    behind 3 * P^2 are padding and become 0.
/// All on one device.
/// \throws c10::Error if a shape, dtype or device differs from the above.
///
/// Formula: python-pillow/Pillow@11.3.0 src/libImaging/Resample.c, the 8bpc passes; tiles as in
/// OpenGVLab/Mono-InternVL@5b17ab4 README, dynamic_preprocess.
void tiles_from_rgb_out(const at::Tensor& source, const ResizeAxis& horizontal,
                        const ResizeAxis& vertical, int64_t tile_size, int64_t patch_size,
                        const at::Tensor& table, const at::Tensor& scratch, const at::Tensor& out);

}  // namespace mono::kernels
