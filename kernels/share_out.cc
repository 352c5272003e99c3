#include "kernels/share_out.h"

#include <algorithm>
#include <atomic>

namespace mono::kernels {

void share_out(int64_t count, int64_t piece, int num_threads,
               const std::function<void(int64_t begin, int64_t end)>& function) {
  const auto num_pieces = (count + piece - 1) / piece;
  [[maybe_unused]] const int num_useful =
      static_cast<int>(std::clamp<int64_t>(num_pieces, 1, num_threads));
  std::atomic<int64_t> next = 0;
#pragma omp parallel num_threads(num_useful)
  for (int64_t begin = next.fetch_add(piece); begin < count; begin = next.fetch_add(piece)) {
    function(begin, std::min(count, begin + piece));
  }
}

}  // namespace mono::kernels
