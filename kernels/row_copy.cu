#include <algorithm>

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/pack.cuh"
#include "kernels/row_copy_launch.h"

namespace mono::kernels {
namespace {

constexpr int kMaxThreads = 256;

// One block a row; Word is uint4 where everything is a multiple of 16 bytes, else one byte.
template <typename Word>
__global__ void __launch_bounds__(kMaxThreads) row_copy_kernel(const RowCopyArguments a) {
  take_turn();
  const int64_t number = blockIdx.x;
  const int64_t mapped = a.row[number];
  if (a.is_scatter && mapped < 0) return;
  const int64_t from_row = a.is_scatter ? number : mapped;
  const int64_t to_row = a.is_scatter ? mapped : number;
  const auto* const from =
      reinterpret_cast<const Word*>(static_cast<const char*>(a.x) + from_row * a.x_distance);
  auto* const to = reinterpret_cast<Word*>(static_cast<char*>(a.out) + to_row * a.out_distance);
  const int64_t num_words = a.row_bytes / static_cast<int64_t>(sizeof(Word));
  for (int64_t i = threadIdx.x; i < num_words; i += blockDim.x) {
    to[i] = mapped < 0 ? Word{} : from[i];
  }
}

template <typename Word>
void start(const RowCopyArguments& a, cudaStream_t stream) {
  const unsigned threads_wanted =
      ceil_div(a.row_bytes, static_cast<int64_t>(sizeof(Word)) * kWarpSize) * kWarpSize;
  start_early(row_copy_kernel<Word>, dim3(static_cast<unsigned>(a.num_copied)),
              std::clamp<unsigned>(threads_wanted, kWarpSize, kMaxThreads), stream, a);
}

}  // namespace

void launch_row_copy(const RowCopyArguments& a, cudaStream_t stream) {
  const bool has_packs =
      allows_packs<char>({a.x, a.out}, {a.x_distance, a.out_distance, a.row_bytes});
  has_packs ? start<uint4>(a, stream) : start<char>(a, stream);
}

}  // namespace mono::kernels
