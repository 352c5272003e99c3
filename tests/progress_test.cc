#include "evaluator/progress.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace mono::evaluator {
namespace {

class ProgressTest : public testing::Test {
 protected:
  std::FILE* out_ = std::tmpfile();
  ~ProgressTest() override { std::fclose(out_); }

  std::string written() {
    EXPECT_EQ(std::fseek(out_, 0, SEEK_SET), 0);
    std::string text(4096, '\0');
    text.resize(fread(text.data(), 1, text.size(), out_));
    return text;
  }
};

TEST_F(ProgressTest, SaysStageDoneRateAndTimeLeft) {
  Progress progress("mono ocrbench", 10, 0, out_);
  for (int i = 0; i < 4; ++i) progress.advance();
  EXPECT_EQ(progress.text(2.0), "mono ocrbench: 4/10, 2 samples/s, ETA 0:03");
}

TEST_F(ProgressTest, CountsOnlyThisRunForTheRate) {
  Progress progress("t", 100, 50, out_);
  progress.advance();
  EXPECT_EQ(progress.text(1.0), "t: 51/100, 1 samples/s, ETA 0:49");
}

TEST_F(ProgressTest, NamesFailuresAndSaysNothingOfRateBeforeTheFirstRow) {
  Progress progress("t", 3, 0, out_);
  EXPECT_EQ(progress.text(1.0), "t: 0/3");
  progress.advance(/*failed=*/true);
  EXPECT_EQ(progress.text(4000.0), "t: 1/3, 0.00025 samples/s, ETA 2:13:20, 1 failed");
}

TEST_F(ProgressTest, WritesPlainLinesWhereThereIsNoTerminal) {
  Progress progress("t", 1, 0, out_);
  progress.advance();
  progress.finish();
  const auto text = written();
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find('\033'), std::string::npos);
  EXPECT_TRUE(text.starts_with("t: 0/1\n"));
}

}  // namespace
}  // namespace mono::evaluator
