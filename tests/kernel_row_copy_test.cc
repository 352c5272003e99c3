#include <c10/util/Exception.h>

#include "kernels/host_twin.h"
#include "kernels/row_copy.h"
#include "kernels/visual_embeddings.h"
#include "tests/backends.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::expect_says;
using tests::message_of;

class KernelRowCopyTest : public tests::BackendTest {
 protected:
  at::Tensor ints(std::initializer_list<int> numbers) const {
    return at::tensor(std::vector<int>(numbers), at::kInt).to(GetParam().device);
  }
};
INSTANTIATE_TEST_SUITE_P(, KernelRowCopyTest, tests::kBackends, testing::PrintToStringParamName());

TEST_P(KernelRowCopyTest, GathersRowsAndFillsPaddingWithZeros) {
  for (const int64_t width : {1, 13, 64, 2048}) {
    const auto x = at::randn({5, width}).to(options());
    const auto out = at::full({4, width}, 9.0).to(options());
    gather_rows_out(x, ints({4, 0, -1, 4}), out);
    EXPECT_TRUE(at::equal(out[0], x[4]));
    EXPECT_TRUE(at::equal(out[1], x[0]));
    EXPECT_EQ(out[2].abs().max().item<double>(), 0);
    EXPECT_TRUE(at::equal(out[3], x[4]));
  }
}

TEST_P(KernelRowCopyTest, ScattersRowsAndLeavesTheOthers) {
  const auto x = at::randn({3, 64}).to(options());
  const auto out = at::full({5, 80}, 9.0).to(options());
  const auto columns = out.slice(1, 8, 72);  // rows with a distance
  scatter_rows_out(x, ints({3, -1, 0}), columns);
  EXPECT_TRUE(at::equal(columns[3], x[0]));
  EXPECT_TRUE(at::equal(columns[0], x[2]));
  EXPECT_EQ(out.eq(9).sum().item<int64_t>(), 5 * 80 - 2 * 64);
}

TEST_P(KernelRowCopyTest, PlacesVisualEmbeddingsByRow) {
  const auto visual = at::randn({3, 32}).to(options());
  const auto embeddings = at::zeros({6, 32}, options());
  place_visual_embeddings(embeddings, visual, ints({1, 2, 5}));
  EXPECT_TRUE(at::equal(embeddings[1], visual[0]));
  EXPECT_TRUE(at::equal(embeddings[2], visual[1]));
  EXPECT_TRUE(at::equal(embeddings[5], visual[2]));
  EXPECT_EQ(embeddings[0].abs().max().item<double>(), 0);
}

TEST(RowCopyTest, CopiesAnyDtype) {
  const auto x = at::arange(6, at::kLong).view({3, 2});
  const auto out = at::empty({2, 2}, at::kLong);
  gather_rows_out(x, at::tensor({2, 1}, at::kInt), out);
  EXPECT_TRUE(at::equal(out, at::tensor({4, 5, 2, 3}, at::kLong).view({2, 2})));
}

TEST(RowCopyTest, NamesWhatDoesNotFit) {
  expect_says(message_of<c10::Error>([] {
                gather_rows_out(at::ones({3, 2}), at::zeros({2}, at::kInt), at::ones({3, 2}));
              }),
              "gather_rows: row must be a dense int32 [3], got Int [2]");
  expect_says(message_of<c10::Error>([] {
                scatter_rows_out(at::ones({3, 2}), at::zeros({3}, at::kInt), at::ones({3, 4}));
              }),
              "scatter_rows: x is [3, 2], out [3, 4]");
  expect_says(
      message_of<c10::Error>([] {
        place_visual_embeddings(at::ones({4, 2}), at::ones({3, 2}), at::zeros({2}, at::kInt));
      }),
      "the prompts have 2 image-context tokens, the images give [3, 2] embeddings");
}

TEST_P(KernelRowCopyTest, ATwinsRowsGoAndComeInTheOrderOfTheOtherWork) {
  const auto tensor = at::zeros({3, 4}, options().dtype(at::kInt));
  HostTwin twin(tensor);
  HostTwin other(tensor);
  EXPECT_TRUE(at::equal(twin.values(), at::zeros({3, 4}, at::kInt)));
  for (int round = 0; round < 200; ++round) {
    twin.values().fill_(10 * round);
    twin.send(0, 2);
    tensor.add_(1);
    twin.fetch(1, 3);
    tensor.add_(7);
    other.fetch(0, 3);
    tensor.sub_(7);
    const auto expected = at::tensor({10 * round, 10 * round + 1, round + 1}, at::kInt);
    ASSERT_TRUE(at::equal(twin.values(), expected.view({3, 1}).expand({3, 4}))) << round;
    ASSERT_EQ(other.values()[0][0].item<int>(), 10 * round + 8);
  }
}

TEST(HostTwinTest, RefusesATensorWithGaps) {
  expect_says(message_of<c10::Error>([] {
                HostTwin(at::zeros({3, 4}).slice(1, 0, 2));
              }),
              "HostTwin: the tensor must be dense");
}

}  // namespace
}  // namespace mono::kernels
