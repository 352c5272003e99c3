#pragma once

#include <cstdint>
#include <vector>

#include "model/image/file/formats.h"

namespace mono::model::files {

/// Unpacks BMP run lengths, of 8 or 4 bits, as Pillow 11.3 does: pixels skipped are index 0, a run
/// ends at the end of its row.
/// \returns [height, width] indices in file order
/// \throws SetupError if the file ends before the last pixel.
std::vector<uint8_t> unpack_bmp_runs(const Source& source, size_t at, int width, int height,
                                     bool has_4_bits);

}  // namespace mono::model::files
