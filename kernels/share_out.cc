#include "kernels/share_out.h"

#include <algorithm>
#include <atomic>

namespace mono::kernels {

void share_out(int64_t count, int64_t piece, int num_threads,
               const std::function<void(int64_t begin, int64_t end)>& function) {
  const auto num_pieces = (count + piece - 1) / piece;
  const int num_useful = static_cast<int>(std::clamp<int64_t>(num_pieces, 1, num_threads));
  if (num_useful == 1) {
    if (count > 0) function(0, count);
    return;
  }
  std::atomic<int64_t> taken = 0;  // pieces
#pragma omp parallel num_threads(num_useful)
  for (int64_t first = taken; first < num_pieces;) {
    const int64_t share = std::max<int64_t>(1, (num_pieces - first) / (2 * num_useful));
    if (!taken.compare_exchange_weak(first, first + share)) continue;
    function(first * piece, std::min(count, (first + share) * piece));
    first = taken;
  }
}

}  // namespace mono::kernels
