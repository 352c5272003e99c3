#include "kernels/share_out.h"

#include <algorithm>
#include <atomic>
#include <exception>

namespace mono::kernels {
namespace {

using Function = std::function<void(int64_t begin, int64_t end)>;

/// The pieces that no thread has taken yet.
class Pieces {
 public:
  Pieces(int64_t count, int64_t piece, int num_threads, const Function& function)
      : count_(count),
        piece_(piece),
        num_pieces_((count + piece - 1) / piece),
        num_threads_(static_cast<int>(std::clamp<int64_t>(num_pieces_, 1, num_threads))),
        function_(function) {}

  int num_threads() const { return num_threads_; }

  /// A thread's part of the work.
  void take() noexcept try {
    for (int64_t first = taken_; first < num_pieces_;) {
      const int64_t share = std::max<int64_t>(1, (num_pieces_ - first) / (2 * num_threads_));
      if (!taken_.compare_exchange_weak(first, first + share)) continue;
      function_(first * piece_, std::min(count_, (first + share) * piece_));
      first = taken_;
    }
  } catch (...) {
    taken_ = num_pieces_;
    if (!has_failed_.exchange(true)) failure_ = std::current_exception();
  }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  int64_t count_;
  int64_t piece_;
  int64_t num_pieces_;
  int num_threads_;
  const Function& function_;
  std::atomic<int64_t> taken_ = 0;
  std::atomic<bool> has_failed_ = false;
  std::exception_ptr failure_;
};

}  // namespace

void share_out(int64_t count, int64_t piece, int num_threads, const Function& function) {
  Pieces pieces(count, piece, num_threads, function);
  if (pieces.num_threads() == 1) {
    if (count > 0) function(0, count);
    return;
  }
#pragma omp parallel num_threads(pieces.num_threads())
  pieces.take();
  pieces.rethrow();
}

}  // namespace mono::kernels
