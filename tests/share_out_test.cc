#include "kernels/share_out.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace mono::kernels {
namespace {

TEST(ShareOutTest, GivesEachElementOnce) {
  for (const int64_t count : {0, 1, 7, 64, 1000}) {
    for (const int64_t piece : {1, 7, 64, 2000}) {
      for (const int num_threads : {1, 2, 5}) {
        std::vector<std::atomic<int>> given(static_cast<size_t>(count));
        share_out(count, piece, num_threads, [&](int64_t begin, int64_t end) {
          EXPECT_EQ(begin % piece, 0);
          EXPECT_TRUE(end == count || end % piece == 0) << end;
          for (auto i = begin; i < end; ++i) ++given[static_cast<size_t>(i)];
        });
        for (const auto& times : given) ASSERT_EQ(times, 1);
      }
    }
  }
}

TEST(ShareOutTest, ThrowsWhatAThreadThrew) {
  for (const int num_threads : {1, 2, 5}) {
    std::atomic<int> num_calls = 0;
    const auto call = [&] {
      share_out(1000, 1, num_threads, [&](int64_t, int64_t) {
        ++num_calls;
        throw std::runtime_error("no memory");
      });
    };
    EXPECT_THROW(call(), std::runtime_error);
    EXPECT_LE(num_calls, num_threads);
  }
}

/// Each piece waits until there is one on another thread; on one thread alone in vain.
TEST(ShareOutTest, WorksOnSeveralThreadsAtOnce) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::atomic<int> num_at_work = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  share_out(2, 1, 2, [&](int64_t, int64_t) {
    {
      const std::lock_guard lock(mutex);
      threads.insert(std::this_thread::get_id());
    }
    ++num_at_work;
    while (num_at_work < 2 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
  });
  EXPECT_EQ(threads.size(), 2U);
}

}  // namespace
}  // namespace mono::kernels
