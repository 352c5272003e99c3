#include <c10/util/Exception.h>

#include <cmath>
#include <limits>

#include "kernels/token_rows.h"
#include "tests/backends.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::expect_says;
using tests::message_of;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

class KernelTokenRowsTest : public tests::BackendTest {
 protected:
  at::Tensor logits(const std::vector<float>& values, int64_t num_rows) const {
    return at::tensor(values).view({num_rows, -1}).to(options());
  }
  at::Tensor ints(const std::vector<int>& values) const {
    return at::tensor(values, at::kInt).to(GetParam().device);
  }
  at::Tensor filled(int64_t num_rows, int value) const {
    return at::full({num_rows}, value, at::TensorOptions(GetParam().device).dtype(at::kInt));
  }

  TokenRows rows(int64_t num_rows, int max_new = 4) const {
    return {.token = filled(num_rows, -5),
            .generated = filled(num_rows * 8, -1).view({num_rows, 8}),
            .num_new = filled(num_rows, 0),
            .max_new = filled(num_rows, max_new),
            .status = filled(num_rows, 0),
            .stop_ids = filled(num_rows, -1).view({num_rows, 1})};
  }
  SamplingRules rules(int64_t num_rows, double temperature, int top_k, double top_p,
                      int64_t seed = 1) const {
    const at::TensorOptions there(GetParam().device);
    return {.temperature = at::full({num_rows}, temperature, there.dtype(at::kFloat)),
            .top_k = filled(num_rows, top_k),
            .top_p = at::full({num_rows}, top_p, there.dtype(at::kDouble)),
            .seed = at::full({num_rows}, seed, there.dtype(at::kLong))};
  }
  // All on one scratch, as a batch's steps are.
  void take_largest(const at::Tensor& x, const TokenRows& of) const {
    if (!choice_scratch_.defined()) {
      choice_scratch_ = at::zeros({argmax_scratch(8)}, options().dtype(at::kInt));
    }
    argmax_tokens(x, of, choice_scratch_);
  }
  void sample(const at::Tensor& x, const TokenRows& of, const SamplingRules& by) const {
    sample_tokens(x, of, by, at::empty({2 * x.numel()}, options().dtype(at::kInt)));
  }
  // How often each of `vocab_size` ids is drawn by num_rows rows of one logits vector.
  std::vector<double> frequencies(const std::vector<float>& x, double temperature, int top_k,
                                  double top_p) const {
    constexpr int64_t kRows = 4000;
    const auto of = rows(kRows);
    auto by = rules(kRows, temperature, top_k, top_p);
    by.seed = at::arange(kRows, at::kLong).to(GetParam().device);
    sample(logits(x, 1).expand({kRows, -1}).contiguous(), of, by);
    std::vector<double> shares;
    shares.reserve(x.size());
    for (size_t id = 0; id < x.size(); ++id) {
      shares.push_back(of.token.eq(static_cast<int64_t>(id)).sum().item<double>() / kRows);
    }
    return shares;
  }

 private:
  mutable at::Tensor choice_scratch_{};
};
INSTANTIATE_TEST_SUITE_P(, KernelTokenRowsTest, tests::kBackends,
                         testing::PrintToStringParamName());

std::vector<int> list(const at::Tensor& tensor) {
  const auto on_cpu = tensor.cpu().contiguous();
  const int32_t* const data = on_cpu.const_data_ptr<int32_t>();
  return {data, data + on_cpu.numel()};
}

using Ints = std::vector<int>;

TEST_P(KernelTokenRowsTest, TakesTheLowestIdOfTheLargestLogits) {
  const auto of = rows(3);
  take_largest(logits({1, 3, 3, 0, -2, -1, -1, -1, kNan, -kInfinity, kNan, 2}, 3), of);
  EXPECT_EQ(list(of.token), (Ints{1, 1, 3}));
  EXPECT_EQ(list(of.num_new), (Ints{1, 1, 1}));
  EXPECT_EQ(list(of.generated.select(1, 0)), (Ints{1, 1, 3}));
  EXPECT_EQ(list(of.status), (Ints{0, 0, 0}));
}

TEST_P(KernelTokenRowsTest, NanNeverWinsAndARowOfNothingElseEnds) {
  const auto of = rows(3);
  take_largest(logits({kNan, 1, kNan, kNan, -kInfinity, -kInfinity}, 3), of);
  EXPECT_EQ(list(of.token), (Ints{1, -5, 0}));
  EXPECT_EQ(list(of.status), (Ints{0, static_cast<int>(RowStatus::kNoNumber), 0}));
  EXPECT_EQ(list(of.num_new), (Ints{1, 0, 1}));
}

TEST_P(KernelTokenRowsTest, FindsTheLargestOfARealVocabulary) {
  auto x = at::randn({4, 92553}).to(options());
  const Ints winners = {0, 92552, 46000, 7};
  for (int64_t row = 0; row < 4; ++row) x[row][winners[static_cast<size_t>(row)]] = 50;
  const auto of = rows(4);
  take_largest(x, of);
  EXPECT_EQ(list(of.token), winners);
  for (int64_t row = 0; row < 4; ++row) {
    const auto one = rows(1);
    take_largest(x.slice(0, row, row + 1), one);
    EXPECT_EQ(list(one.token), (Ints{winners[static_cast<size_t>(row)]}));
  }
}

TEST_P(KernelTokenRowsTest, OfEqualLogitsFarApartTheLowestIdIsTaken) {
  auto x = at::zeros({3, 92553}).to(options());
  const std::vector<Ints> equal = {{92552, 5}, {70000, 69000, 91000}, {}};
  for (size_t row = 0; row < equal.size(); ++row) {
    for (const int id : equal[row]) x[static_cast<int64_t>(row)][id] = 1;
  }
  const auto of = rows(3);
  take_largest(x, of);
  EXPECT_EQ(list(of.token), (Ints{5, 69000, 0}));
}

TEST_P(KernelTokenRowsTest, EndsAtAStopIdBeforeTheLength) {
  auto of = rows(3, 1);
  of.stop_ids = ints({2, 0, -1, 1, -1, -1}).view({3, 2});
  of.position = filled(3, 10);
  of.length = filled(3, 11);
  take_largest(logits({1, 0, 5, 1, 0, 5, 1, 0, 5}, 3), of);
  EXPECT_EQ(list(of.status), (Ints{1, 2, 2}));
  EXPECT_EQ(list(of.position), (Ints{11, 11, 11}));
  EXPECT_EQ(list(of.length), (Ints{12, 12, 12}));
}

TEST_P(KernelTokenRowsTest, ARowThatHasEndedKeepsEverything) {
  auto of = rows(2);
  of.status = ints({1, 0});
  of.position = filled(2, 10);
  take_largest(logits({0, 1, 0, 1}, 2), of);
  sample(logits({0, 1, 0, 1}, 2), of, rules(2, 1, 1, 1));
  EXPECT_EQ(list(of.token), (Ints{-5, 1}));
  EXPECT_EQ(list(of.num_new), (Ints{0, 2}));
  EXPECT_EQ(list(of.position), (Ints{10, 12}));
  EXPECT_EQ(list(of.generated[0]), Ints(8, -1));
}

TEST_P(KernelTokenRowsTest, ForbidsStopIdsBeforeTheLeastLength) {
  auto of = rows(1);
  of.stop_ids = ints({1}).view({1, 1});
  of.min_new = ints({2});
  const auto x = logits({0, 9, 3}, 1);
  for (int step = 0; step < 3; ++step) take_largest(x, of);
  EXPECT_EQ(list(of.generated.slice(1, 0, 3)), (Ints{2, 2, 1}));
  EXPECT_EQ(list(of.status), (Ints{1}));
}

TEST_P(KernelTokenRowsTest, PenalisesEachSeenIdOnceBySign) {
  auto of = rows(2);
  of.penalty = at::full({2}, 2.0, options().dtype(at::kFloat));
  of.seen = filled(2 * 2, 0).view({2, 2});
  of.seen[0][1] = 1 << 1;  // id 33
  auto x = at::full({2, 40}, -9.0).to(options());
  x[0][33] = 4.0;  // 2 after the penalty
  x[0][35] = 3.0;  // then 1.5
  x[0][36] = 1.75;
  x[1].fill_(-1.0);
  x[1][5] = -0.75;  // then -1.5
  for (int step = 0; step < 3; ++step) take_largest(x, of);
  EXPECT_EQ(list(of.generated[0].slice(0, 0, 3)), (Ints{35, 33, 33}));
  EXPECT_EQ(list(of.generated[1].slice(0, 0, 3)), (Ints{5, 0, 1}));
}

TEST_P(KernelTokenRowsTest, DrawsByTheSoftmaxOfWhatIsKept) {
  const std::vector<float> x = {2, -1, 1, 0.5F, 2};
  const auto near = [&](const std::vector<double>& actual, std::vector<double> weights) {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    for (size_t i = 0; i < weights.size(); ++i) EXPECT_NEAR(actual[i], weights[i] / sum, 0.03);
  };
  const auto e = [](double power) { return std::exp(power); };
  near(frequencies(x, 1, 0, 1), {e(2), e(-1), e(1), e(0.5), e(2)});
  near(frequencies(x, 2, 0, 1), {e(1), e(-0.5), e(0.5), e(0.25), e(1)});
  near(frequencies(x, 1, 2, 1), {e(2), 0, 0, 0, e(2)});
  near(frequencies(x, 1, 3, 1), {e(2), 0, e(1), 0, e(2)});
  near(frequencies(x, 1, 1, 1), {1, 0, 0, 0, 1});  // the least of the top 1 has an equal
  // Shares 0.379 0.019 0.139 0.085 0.379; 0.019 + 0.085 = 0.104 and with 0.139 it is 0.243.
  near(frequencies(x, 1, 0, 0.8), {e(2), 0, e(1), 0, e(2)});
  near(frequencies(x, 1, 0, 0.7), {e(2), 0, 0, 0, e(2)});
  near(frequencies(x, 1, 0, 0.3), {1, 0, 0, 0, 0});  // of equal ones the lower id stays
  near(frequencies(x, 1, 0, 0), {1, 0, 0, 0, 0});
}

TEST_P(KernelTokenRowsTest, ADrawDependsOnNothingOutsideItsRow) {
  const auto x = at::randn({6, 1000}).to(options());
  const auto all = rows(6);
  auto by = rules(6, 1.2, 50, 0.9);
  by.seed = at::arange(6, at::kLong).to(GetParam().device);
  for (int step = 0; step < 3; ++step) sample(x, all, by);
  for (int64_t row = 0; row < 6; ++row) {
    const auto one = rows(1);
    for (int step = 0; step < 3; ++step) {
      sample(x.slice(0, row, row + 1), one, rules(1, 1.2, 50, 0.9, row));
    }
    EXPECT_TRUE(at::equal(one.generated[0], all.generated[row])) << "row " << row;
  }
}

TEST_P(KernelTokenRowsTest, ARowWhoseLargestLogitIsInfiniteDrawsNothing) {
  const auto of = rows(3);
  sample(logits({kInfinity, 0, -kInfinity, -kInfinity, kNan, 3}, 3), of, rules(3, 1, 0, 1));
  EXPECT_EQ(list(of.status), (Ints{3, 3, 0}));
  EXPECT_EQ(list(of.token), (Ints{-5, -5, 1}));
}

TEST(TokenRowsTest, NamesWhatDoesNotFit) {
  const auto map = at::zeros({2}, at::kInt);
  TokenRows of{.token = map,
               .generated = at::zeros({2, 4}, at::kInt),
               .num_new = map,
               .max_new = map,
               .status = map,
               .stop_ids = at::zeros({2, 1}, at::kInt)};
  const auto x = at::ones({2, 40});
  auto scratch = at::zeros({argmax_scratch(2)}, at::kInt);
  const auto call = [&] { return message_of<c10::Error>([&] { argmax_tokens(x, of, scratch); }); };
  of.min_new = at::zeros({3}, at::kInt);
  expect_says(call(), "argmax_tokens: min_new must be a dense int32 [2], got Int [3]");
  of.min_new = at::Tensor();
  of.penalty = at::ones({2});
  of.seen = at::zeros({2, 1}, at::kInt);
  expect_says(call(), "seen must be a dense [2, 2], got [2, 1]");
  of.penalty = at::Tensor();
  of.stop_ids = map;
  expect_says(call(), "stop_ids must be a dense [2, any], got [2]");
  of.stop_ids = at::zeros({2, 1}, at::kInt);
  scratch = at::zeros({argmax_scratch(2) - 1}, at::kInt);
  expect_says(call(),
              "argmax_tokens: scratch must be at least 258 dense int32 on cpu, got Int [257]");
}

}  // namespace
}  // namespace mono::kernels
