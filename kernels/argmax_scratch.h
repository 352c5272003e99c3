#pragma once

#include <cstdint>

/// What the blocks that share a row's logits write for one another; free of Torch.
namespace mono::kernels {

inline constexpr int kMostArgmaxParts = 64;  // blocks of a row

/// int32 of a row: how many parts have come, the bits of each part's largest logit, their ids.
inline constexpr int64_t kArgmaxScratchPerRow = 1 + 2 * kMostArgmaxParts;

}  // namespace mono::kernels
