#include "results/sample_rows.h"

#include <string>

#include "results/score_interval.h"
#include "tests/results_files.h"

namespace mono::results {
namespace {

const std::string kHeader =
    R"({"header":{"schema":"mono-eval.samples","schema_version":"1.0","task":"t"}})"
    "\n";

std::string row(const std::string& id, const std::string& more) {
  return R"({"id":")" + id + R"(","request":{"images":[{"name":"a.png"}]},"response":"r",)" + more +
         "}\n";
}

class SampleRowsTest : public tests::FolderTest {
 protected:
  std::filesystem::path write(const std::string& rows) const {
    tests::write_content(folder_ / "samples.jsonl", kHeader + rows);
    return folder_ / "samples.jsonl";
  }
};

TEST_F(SampleRowsTest, TellsWhatCameOfEachRow) {
  const auto path =
      write(row("1", R"("pixels_sha256":"ab","error":"","score":{"value":0.3,"is_counted":true})") +
            row("2", R"("pixels_sha256":"","error":"no picture","score":null)") +
            row("3", R"("error":"","score":{"value":0,"is_counted":false,"state":"unscored"})") +
            row("4", R"("error":"")") +
            row("5", R"("error":"","score":{"value":0,"is_counted":true,"state":"failed"})"));
  const auto samples = read_sample_rows(path);
  ASSERT_EQ(samples.rows.size(), 5U);
  EXPECT_FALSE(samples.is_torn);
  EXPECT_EQ(samples.rows[0].state, RowState::kScored);
  EXPECT_EQ(samples.rows[0].value, 0.3);
  EXPECT_EQ(samples.rows[0].image_by, ImageIdentity::kPixels);
  EXPECT_EQ(samples.rows[1].state, RowState::kFailed);
  EXPECT_EQ(samples.rows[2].state, RowState::kUnscored);
  EXPECT_FALSE(samples.rows[2].is_counted);
  EXPECT_EQ(samples.rows[3].state, RowState::kNoScore);
  EXPECT_EQ(samples.rows[4].state, RowState::kNoScore) << "left out with its group";
  EXPECT_EQ(samples.rows[1].image, samples.rows[2].image);  // by the picture's name
  EXPECT_NE(samples.rows[0].image, samples.rows[1].image);
  EXPECT_EQ(sample_row_at(path, samples.rows[2].offset)["id"], "3");
}

TEST_F(SampleRowsTest, KnowsPicturesByPixelsThenByTextsThenByNames) {
  const auto samples =
      read_sample_rows(write(row("1", R"("pixels_sha256":"","images_sha256":"cd","error":"")") +
                             row("2", R"("pixels_sha256":"","images_sha256":"ef","error":"")") +
                             row("3", R"("pixels_sha256":"ab","images_sha256":"cd","error":"")") +
                             row("4", R"("pixels_sha256":"","images_sha256":"","error":"")")));
  ASSERT_EQ(samples.rows.size(), 4U);
  EXPECT_EQ(samples.rows[0].image_by, ImageIdentity::kTexts);
  EXPECT_NE(samples.rows[0].image, samples.rows[1].image);
  EXPECT_EQ(samples.rows[2].image_by, ImageIdentity::kPixels);
  EXPECT_NE(samples.rows[2].image, samples.rows[0].image);
  EXPECT_EQ(samples.rows[3].image_by, ImageIdentity::kNames);
}

TEST_F(SampleRowsTest, ReportsATornEndAndNamesWhatIsNoRow) {
  EXPECT_TRUE(read_sample_rows(write("{\"id\":\"1\"")).is_torn);
  const auto error = [&](const std::string& rows) {
    return tests::setup_error([&] { read_sample_rows(write(rows)); });
  };
  EXPECT_NE(error("{\"id\":\"1\"}\n").find("samples.jsonl:2: expected a row"), std::string::npos);
  EXPECT_NE(error("nonsense\n").find("samples.jsonl:2: "), std::string::npos);
  const auto twice = row("1", R"("error":"")");
  EXPECT_NE(error(twice + twice).find(":3: id '1' is already in line 2"), std::string::npos);
}

TEST_F(SampleRowsTest, ReadsLinesLongerThanABlock) {
  const std::string answer(9 << 20, 'x');
  const auto samples = read_sample_rows(
      write(row("1", R"("error":"","long":")" + answer + "\"") + row("2", R"("error":"")")));
  EXPECT_EQ(samples.rows.size(), 2U);
}

SampleRow scored(double value, uint64_t image) {
  return {.value = value, .image = image, .state = RowState::kScored};
}

TEST(ScoreIntervalTest, IsWilsonsForProportionsOfPicturesOfTheirOwn) {
  std::vector<SampleRow> rows;
  rows.reserve(20);
  for (uint64_t i = 0; i < 20; ++i) rows.push_back(scored(i < 15 ? 1 : 0, i));
  const auto percent = mean_interval(rows, 75).value();
  EXPECT_EQ(percent.method, "Wilson");
  EXPECT_NEAR(percent.interval.low, 53.1, 0.05);
  EXPECT_NEAR(percent.interval.high, 88.8, 0.05);
  EXPECT_NEAR(mean_interval(rows, 15)->interval.low, 0.531 * 20, 0.01);
  EXPECT_FALSE(mean_interval(rows, 40));  // no mean of these rows
  EXPECT_FALSE(mean_interval(rows, 0));
}

TEST(ScoreIntervalTest, IsClusteredWherePicturesAreShared) {
  std::vector<SampleRow> rows;
  rows.reserve(20);
  for (uint64_t i = 0; i < 20; ++i) rows.push_back(scored(i < 10 ? 1 : 0, i / 2));
  const auto shared = mean_interval(rows, 0.5).value();
  EXPECT_EQ(shared.method, "clustered");
  // Ten pictures, each wholly right or wrong: 1.96 sqrt(10/9 * 10) / 20.
  EXPECT_NEAR(shared.interval.high - 0.5, 1.96 * std::sqrt(100.0 / 9) / 20, 1e-3);
  for (uint64_t i = 0; i < 20; ++i) rows[i] = scored(0.3, i);
  EXPECT_EQ(mean_interval(rows, 30)->method, "normal");
}

}  // namespace
}  // namespace mono::results
