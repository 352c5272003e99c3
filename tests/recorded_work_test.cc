#include "kernels/recorded_work.h"

#include <ATen/ATen.h>
#include <c10/util/Exception.h>

#include <new>
#include <thread>

#include "kernels/linear.h"
#include "kernels/side_stream.h"
#include "tests/backends.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::expect_says;
using tests::message_of;

class RecordedWorkTest : public tests::BackendTest {};
INSTANTIATE_TEST_SUITE_P(, RecordedWorkTest, tests::kBackends, testing::PrintToStringParamName());

TEST_P(RecordedWorkTest, RecordedWorkComputesFromWhatTheBuffersHoldNow) {
  const auto x = at::randn({64, 96}, options());
  const auto weight = at::randn({48, 96}, options());
  const auto y = at::zeros({64, 48}, options());
  const auto work =
      record_work(x.device(), [&] { linear_out(x, weight, {}, RowPlan::kOneChunk, y); });
  for (int i = 0; i < 3; ++i) {
    x.copy_(at::randn({64, 96}, options()));
    y.zero_();
    (*work)();
    EXPECT_TRUE(at::equal(y, linear(x, weight, {}, RowPlan::kOneChunk))) << "time " << i;
  }
}

TEST_P(RecordedWorkTest, RecordingWorkThatFailsThrowsWhatItThrew) {
  const auto x = at::ones({1, 4}, options());
  const auto call = [&] {
    record_work(x.device(), [&] { linear(x, x, {}, RowPlan::kOneChunk); })->operator()();
  };
  expect_says(message_of<c10::Error>(call), "one chunk has 64 rows, got 1");
}

TEST_P(RecordedWorkTest, WorkThatFoundNoMemoryIsRecordedAtASecondTry) {
  const auto x = at::zeros({4}, options());
  if (!x.is_cuda()) GTEST_SKIP() << "on the CPU nothing is done before the first call";
  int num_calls = 0;
  const auto work = record_work(x.device(), [&] {
    if (++num_calls == 1) throw std::bad_alloc();
    x.add_(1);
  });
  EXPECT_EQ(num_calls, 4) << "two warm-ups and the capture behind the failure";
  (*work)();
  EXPECT_EQ(x[0].item<float>(), 3);
}

TEST_P(RecordedWorkTest, RecordingsOfAPoolTakeTurns) {
  const auto pool = make_recording_pool();
  const auto x = at::zeros({1000}, options());
  const auto y = at::zeros({2, 1000}, options());
  const auto first = record_work(
      x.device(), [&] { y[0].copy_((x + 1).mul(2)); }, pool);
  {
    const auto gone = record_work(
        x.device(), [&] { y[1].copy_((x + 5).mul(x)); }, pool);
    (*gone)();
  }
  const auto second = record_work(
      x.device(), [&] { y[1].copy_((x + 3).mul(x + 4)); }, pool);
  for (const int64_t value : {1, 2, 3}) {
    x.fill_(value);
    (*first)();
    (*second)();
    EXPECT_TRUE(y[0].eq(2 * (value + 1)).all().item<bool>()) << value;
    EXPECT_TRUE(y[1].eq((value + 3) * (value + 4)).all().item<bool>()) << value;
  }
}

TEST_P(RecordedWorkTest, ThreadsRecordAndWorkAtTheSameTime) {
  const auto play = [&](int64_t value) {
    const auto x = at::full({256}, value, options());
    const auto y = at::zeros({2, 256}, options());
    const auto both = [&] {
      do_side_by_side(
          x.device(), [&] { y[0].copy_(x + 1); }, [&] { y[1].copy_(x * 3); });
    };
    const auto expect_both = [&] {
      EXPECT_TRUE(y[0].eq(value + 1).all().item<bool>());
      EXPECT_TRUE(y[1].eq(value * 3).all().item<bool>());
      y.zero_();
    };
    for (int i = 0; i < 40; ++i) {  // more than LibTorch has streams
      const auto recorded = record_work(x.device(), both);
      y.zero_();
      (*recorded)();
      expect_both();
      both();
      expect_both();
    }
  };
  std::thread other([&] { play(1); });
  play(2);
  other.join();
}

TEST_P(RecordedWorkTest, APoolIsOfUseAfterWorkThatFailedWhileItWasRecorded) {
  const auto pool = make_recording_pool();
  const auto x = at::ones({1000}, options());
  const auto y = at::zeros({1000}, options());
  for (int i = 0; i < 2; ++i) {
    int num_calls = 0;
    const auto fails = [&] {
      const auto sum = x + 1;
      TORCH_CHECK(++num_calls < 3, "the third time");  // on a GPU the first that is captured
      y.copy_(sum);
    };
    expect_says(message_of<c10::Error>([&] {
                  const auto work = record_work(x.device(), fails, pool);
                  for (int call = 0; call < 3; ++call) (*work)();
                }),
                "the third time");
    const auto work = record_work(
        x.device(), [&] { y.copy_(x + 2); }, pool);
    (*work)();
    EXPECT_TRUE(y.eq(3).all().item<bool>());
    y.zero_();
  }
}

}  // namespace
}  // namespace mono::kernels
