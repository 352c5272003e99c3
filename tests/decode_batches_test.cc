// Batches kept from one answer to the next, and what goes where memory is short.
#include <gtest/gtest.h>

#include <utility>

#include "model/batch/batch_run.h"
#include "model/decoder/decode_batches.h"
#include "tests/decode_play.h"
#include "tests/messages.h"
#include "tests/scarce_memory.h"

namespace mono::model {
namespace {

using DecodeBatchesTest = DecodeAheadTest;

TEST_F(DecodeBatchesTest, ALeaseEndsWithTheBatchKeptForTheNext) {
  DecodeBatches batches(model_.decoder(), /*starts_ahead=*/true);
  const DecodeBatch* first = nullptr;
  {
    const auto lease = batches.take(2, 100);
    first = lease.get();
    lease->admit(read({1, 5}));
    EXPECT_NE(batches.take(1, 50).get(), first) << "it is in use";
  }
  const auto again = batches.take(2, 1000);
  EXPECT_EQ(again.get(), first);
  again->admit(read({1}));
  again->admit(read({1}));  // both slots are free again
}

TEST_F(DecodeBatchesTest, ALongerRequestIsNotMultipliedByTheSlotsOfAnIdleBatch) {
  DecodeBatches batches(model_.decoder(), /*starts_ahead=*/true);
  batches.take(4, 100);
  const auto longer = batches.take(1, 2000);
  EXPECT_EQ(longer->num_slots(), 1);
  EXPECT_EQ(longer->capacity(), 2048);
  EXPECT_EQ(batches.take(3, 100)->num_slots(), 4) << "the idle one is still there";
}

TEST_F(DecodeBatchesTest, ALargerBatchReplacesIdleOnesThatItCanServeFor) {
  DecodeBatches batches(model_.decoder(), /*starts_ahead=*/true);
  batches.take(2, 100);
  batches.take(4, 2000);
  EXPECT_EQ(batches.take(1, 100)->num_slots(), 4);
}

TEST_F(DecodeBatchesTest, IdleBatchesGoWhereMemoryIsShort) {
  if (kOptions.device.is_cuda()) GTEST_SKIP() << "makes the host's memory scarce";
  tests::ScarceMemory memory;
  DecodeBatches batches(model_.decoder(), /*starts_ahead=*/true);
  batches.take(4, 1024);  // whose cache is twice as large as the next one's
  memory.leave(size_t{300} << 10);
  {
    const auto longer = batches.take(1, 2048);
    EXPECT_EQ(longer->capacity(), 2048);
  }
  memory.leave(size_t{1} << 10);
  tests::expect_says(tests::message_of<c10::Error>([&] { batches.take(8, 4096); }),
                     "DefaultCPUAllocator: can't allocate memory");
}

TEST_F(DecodeBatchesTest, WhatElseIsKeptGoesWhereMemoryIsShort) {
  if (kOptions.device.is_cuda()) GTEST_SKIP() << "makes the host's memory scarce";
  tests::ScarceMemory memory;
  auto kept = at::zeros({int64_t{1} << 20}, at::kByte);
  int num_asked = 0;
  DecodeBatches batches(model_.decoder(), /*starts_ahead=*/true, [&] {
    ++num_asked;
    return std::exchange(kept, at::Tensor()).defined();
  });
  memory.leave(size_t{1} << 10);
  EXPECT_EQ(batches.take(1, 2048)->capacity(), 2048);
  EXPECT_EQ(num_asked, 1);
  memory.leave(size_t{1} << 10);
  tests::expect_says(tests::message_of<c10::Error>([&] { batches.take(8, 4096); }),
                     "can't allocate memory");
  EXPECT_EQ(num_asked, 2);
}

TEST_F(DecodeBatchesTest, APromptThatFitsNowhereTakesNoSlotsFromTheNextAnswers) {
  if (kOptions.device.is_cuda()) GTEST_SKIP() << "makes the host's memory scarce";
  std::vector<EngineRequest> requests(4,
                                      {.input_ids = {1, 5, 6}, .decoding = {.max_new_tokens = 2}});
  requests[0].input_ids.assign(1000, 5);
  tests::ScarceMemory memory;
  memory.leave(size_t{1280} << 10);  // five slots
  std::vector<std::string> errors(requests.size());
  BatchRun(model_, requests, {0, 1, 2, 3}, {},
           [&](size_t i, const EngineAnswer& answer) { errors[i] = answer.error; }, {})();
  EXPECT_NE(errors[0], "");
  EXPECT_EQ(errors[3], "");
  EXPECT_EQ(model_.batches()->take(4, 1000)->num_slots(), 4);
}

}  // namespace
}  // namespace mono::model
