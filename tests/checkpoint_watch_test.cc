#include "model/native/checkpoint_watch.h"

#include <gtest/gtest.h>

#include "model/native/native_adapter.h"
#include "tests/messages.h"
#include "tests/temporary_folder.h"

namespace mono::model {
namespace {

namespace fs = std::filesystem;
using tests::expect_says;
using tests::message_of;

/// As a download or `cp` over a file does: the same inode.
void write_over(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary | std::ios::in | std::ios::out) << text;
  fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(1));
}

class CheckpointWatchTest : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  fs::path weights_ = folder_.write("model-00001-of-00002.safetensors", "weights");
};

TEST_F(CheckpointWatchTest, NamesAFileThatWasWrittenTo) {
  const CheckpointWatch watch(folder_.path());
  EXPECT_NO_THROW(watch.check());
  write_over(weights_, "WEIGHTS");
  expect_says(message_of<SetupError>([&] { watch.check(); }),
              weights_.string() + ": was written to while its model was answering");
}

TEST_F(CheckpointWatchTest, NamesAFileThatWasCut) {
  const CheckpointWatch watch(folder_.path());
  fs::resize_file(weights_, 3);
  EXPECT_THROW(watch.check(), SetupError);
}

TEST_F(CheckpointWatchTest, LeavesFilesAloneThatAreNoLongerTheOnesThatWereOpened) {
  const auto other = folder_.write("model-00002-of-00002.safetensors", "more");
  const auto next = folder_.write("next", "other weights");
  const CheckpointWatch watch(folder_.path());
  fs::rename(next, weights_);
  fs::remove(other);
  folder_.write("config.json", "{}");
  EXPECT_NO_THROW(watch.check());
}

TEST(NativeAdapterTest, AnswersNothingOnceItsWeightsWereWrittenTo) {
  const tests::TemporaryFolder folder;
  const auto checkpoint = folder.path() / "small";
  fs::copy(fs::path(MONO_SOURCE_DIR) / "tests/golden/model/mono_v1_pipeline", checkpoint);
  const auto adapter = open_checkpoint(checkpoint, {});
  const Request request{.id = "1", .question = "Why?", .decoding = {.max_new_tokens = 1}};
  int num_answers = 0;
  const auto count = [&](size_t, const Response& response) {
    EXPECT_EQ(response.error, "");
    ++num_answers;
  };
  adapter->answer({&request, 1}, count);
  EXPECT_EQ(num_answers, 1);
  write_over(checkpoint / "model.safetensors", "");
  expect_says(message_of<SetupError>([&] {
                adapter->answer({&request, 1}, count);
              }),
              "model.safetensors: was written to");
  EXPECT_EQ(num_answers, 1);
}

}  // namespace
}  // namespace mono::model
