#pragma once

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/pack.cuh"
#include "kernels/row_status.h"
#include "kernels/token_rows_launch.h"

/// What choosing by largest logit and by drawing share.
namespace mono::kernels {

inline constexpr int kTokenThreads = 1024;  // of the block that draws for a row
inline constexpr int kTokenWarps = kTokenThreads / kWarpSize;

inline constexpr auto kRowRunning = static_cast<int32_t>(RowStatus::kRunning);

/// The rules that change a row's logits before a token is chosen.
template <typename T>
struct LogitRules {
  __device__ LogitRules(const TokenRowsArguments<T>& a, int row)
      : stop_ids(a.stop_ids + int64_t{row} * a.num_stop_ids), num_stop_ids(a.num_stop_ids) {
    forbids_stop = a.min_new != nullptr && a.num_new[row] < a.min_new[row];
    if (a.penalty == nullptr || a.penalty[row] == 1.0F) return;
    penalty = a.penalty[row];
    seen = a.seen + row * ((int64_t{a.vocab_size} + 31) / 32);
  }

  /// Whether `apply` gives back what it gets.
  __device__ bool change_nothing() const { return seen == nullptr && !forbids_stop; }

  __device__ bool is_stop(int id) const {
    bool is_one = false;
    for (int i = 0; i < num_stop_ids; ++i) is_one = is_one || stop_ids[i] == id;
    return is_one;
  }

  __device__ float apply(float logit, int id) const {
    if (seen != nullptr && (static_cast<unsigned>(seen[id / 32]) >> (id % 32) & 1U) != 0) {
      logit = logit < 0 ? __fmul_rn(logit, penalty) : logit / penalty;
    }
    return forbids_stop && is_stop(id) ? -INFINITY : logit;
  }

  const int32_t* stop_ids;
  int num_stop_ids;
  bool forbids_stop = false;
  float penalty = 1;
  const int32_t* seen = nullptr;
};

/// Calls use(id, logit) for every logit of the row that is this thread's, by 16-byte accesses
/// between the row's first and last 16-byte boundary: rows of an odd vocabulary begin anywhere.
/// \param thread  its number among the num_threads that share the row, at least 2 * kPackWidth<T>
/// \tparam kAtOnce  accesses under way
template <int kAtOnce, typename T, typename Use>
__device__ void for_each_logit(const T* row, int vocab_size, int thread, int num_threads,
                               const Use& use) {
  constexpr int kWidth = kPackWidth<T>;
  const auto misalignment = static_cast<int>(reinterpret_cast<uintptr_t>(row) % 16 / sizeof(T));
  const int head = misalignment == 0 ? 0 : kWidth - misalignment;
  const int num_packs = vocab_size > head ? (vocab_size - head) / kWidth : 0;
#pragma unroll kAtOnce
  for (int pack = thread; pack < num_packs; pack += num_threads) {
    float values[kWidth];
    load_pack(row + head + pack * kWidth, values);
#pragma unroll
    for (int i = 0; i < kWidth; ++i) use(head + pack * kWidth + i, values[i]);
  }
  if (thread < head && thread < vocab_size) use(thread, static_cast<float>(row[thread]));
  const int tail = head + num_packs * kWidth + thread;
  if (tail < vocab_size) use(tail, static_cast<float>(row[tail]));
}

/// Ends the step of a row; by one thread. \param token  negative: no logit was a number.
template <typename T>
__device__ void take_token(const TokenRowsArguments<T>& a, int row, int token) {
  if (token < 0) {
    a.status[row] = static_cast<int32_t>(RowStatus::kNoNumber);
    return;
  }
  const int num_new = a.num_new[row];
  a.token[row] = token;
  a.generated[row * a.capacity + num_new] = token;
  a.num_new[row] = num_new + 1;
  if (a.position != nullptr) ++a.position[row];
  if (a.length != nullptr) ++a.length[row];
  if (a.seen != nullptr) {
    int32_t& word = a.seen[row * ((int64_t{a.vocab_size} + 31) / 32) + token / 32];
    word = static_cast<int32_t>(static_cast<unsigned>(word) | 1U << (token % 32));
  }
  if (LogitRules<T>(a, row).is_stop(token)) {
    a.status[row] = static_cast<int32_t>(RowStatus::kStopToken);
  } else if (num_new + 1 >= a.max_new[row]) {
    a.status[row] = static_cast<int32_t>(RowStatus::kLength);
  }
}

}  // namespace mono::kernels
