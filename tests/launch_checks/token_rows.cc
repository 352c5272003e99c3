#include "kernels/argmax_scratch.h"
#include "kernels/philox.h"
#include "kernels/token_choice.h"
#include "kernels/token_rows_launch.h"
#include "tests/launch_checks/all.h"
#include "tests/launch_checks/launch_checks.h"

namespace mono::launch_checks {
namespace {

struct TokenCase {
  size_t vocab_size = 0;
  size_t distance = 0;  // between rows of logits
  bool is_sampling = false;
  size_t num_rows = 7;
};

/// A batch with every rule in use; some rows have ended, one holds no number.
template <typename T>
struct Batch {
  explicit Batch(const TokenCase& c)
      : logits(normal_values<T>(kRows * c.distance, 1)),
        num_words((c.vocab_size + 31) / 32),
        seen(kRows * num_words) {
    for (T& logit : logits) logit = static_cast<T>(std::round(4 * static_cast<float>(logit)) / 4);
    std::fill_n(logits.begin() + static_cast<ptrdiff_t>(3 * c.distance), c.distance,
                static_cast<T>(std::nanf("")));
    logits[4 * c.distance + c.vocab_size / 2] = static_cast<T>(std::nanf(""));
    std::mt19937 random(2);
    for (int32_t& word : seen) word = static_cast<int32_t>(random());
    for (size_t row = 0; row < kRows; ++row) {
      stop_ids[2 * row] = static_cast<int32_t>(random() % c.vocab_size);
    }
  }

  static constexpr size_t kRows = 7;  // of which a case may take the first ones
  static constexpr size_t kCapacity = 6;
  std::vector<T> logits;
  size_t num_words;
  std::vector<int32_t> seen;
  std::vector<int32_t> token = std::vector<int32_t>(kRows, -1);
  std::vector<int32_t> generated = std::vector<int32_t>(kRows * kCapacity, -1);
  std::vector<int32_t> num_new = {0, 1, 2, 3, 0, 1, 5};
  std::vector<int32_t> max_new = {6, 2, 6, 6, 1, 6, 6};
  std::vector<int32_t> min_new = {2, 0, 3, 0, 0, 6, 0};
  std::vector<int32_t> status = {0, 0, 1, 0, 0, 0, 0};
  std::vector<int32_t> stop_ids = std::vector<int32_t>(kRows * 2, -1);
  std::vector<int32_t> position = {4, 5, 6, 7, 8, 9, 10};
  std::vector<int32_t> length = {5, 6, 7, 8, 9, 10, 11};
  std::vector<float> penalty = {1, 1.5F, 2, 1, 1.25F, 0.5F, 1};
  std::vector<float> temperature = {1, 0.7F, 1, 1, 2, 1, 0.1F};
  std::vector<int32_t> top_k = {0, 50, 10, 0, 1, 5, 1000000};
  std::vector<double> top_p = {0.9, 1, 0.5, 1, 1, 0.3, 0};
  std::vector<int64_t> seed = {1, 2, 3, 4, 5, 6, -7};
};

/// The same through the host's rules.
template <typename T>
void take_on_host(Batch<T>& b, const TokenCase& c) {
  for (size_t i = 0; i < c.num_rows; ++i) {
    if (b.status[i] != 0) continue;
    const kernels::TokenRow row{.token = &b.token[i],
                                .generated = {&b.generated[i * b.kCapacity], b.kCapacity},
                                .num_new = &b.num_new[i],
                                .max_new = b.max_new[i],
                                .status = &b.status[i],
                                .stop_ids = {&b.stop_ids[2 * i], 2},
                                .min_new = b.min_new[i],
                                .position = &b.position[i],
                                .length = &b.length[i],
                                .penalty = b.penalty[i],
                                .seen = {&b.seen[i * b.num_words], b.num_words}};
    std::vector<float> x(c.vocab_size);
    for (size_t id = 0; id < x.size(); ++id) {
      x[id] = static_cast<float>(b.logits[i * c.distance + id]);
    }
    kernels::apply_rules(row, x);
    if (!c.is_sampling) {
      kernels::take_token(row, kernels::largest_logit(x));
      continue;
    }
    const kernels::SamplingRule rule{b.temperature[i], b.top_k[i], b.top_p[i],
                                     static_cast<uint64_t>(b.seed[i])};
    const double uniform = kernels::uniform_draw(rule.seed, static_cast<uint32_t>(b.num_new[i]));
    kernels::take_token(row, kernels::drawn_token(x, rule, uniform));
  }
}

/// Two steps of a batch, of which the second has fewer rows that run.
/// \param choice_scratch  of `argmax_tokens`, for all cases
template <typename T>
bool check_case(const TokenCase& c, const OnDevice<int32_t>& choice_scratch) {
  Batch<T> b(c);
  const OnDevice<T> logits(b.logits);
  const OnDevice<int32_t> seen(b.seen), token(b.token), generated(b.generated), num_new(b.num_new),
      max_new(b.max_new), min_new(b.min_new), status(b.status), stop_ids(b.stop_ids),
      position(b.position), length(b.length), top_k(b.top_k),
      scratch(std::vector<int32_t>(2 * b.kRows * c.vocab_size));
  const OnDevice<float> penalty(b.penalty), temperature(b.temperature);
  const OnDevice<double> top_p(b.top_p);
  const OnDevice<int64_t> seed(b.seed);
  const kernels::TokenRowsArguments<T> rows{.logits = logits.data(),
                                            .logits_distance = static_cast<int64_t>(c.distance),
                                            .vocab_size = static_cast<int>(c.vocab_size),
                                            .num_rows = static_cast<int>(c.num_rows),
                                            .token = token.data(),
                                            .generated = generated.data(),
                                            .capacity = static_cast<int64_t>(b.kCapacity),
                                            .num_new = num_new.data(),
                                            .max_new = max_new.data(),
                                            .status = status.data(),
                                            .stop_ids = stop_ids.data(),
                                            .num_stop_ids = 2,
                                            .min_new = min_new.data(),
                                            .position = position.data(),
                                            .length = length.data(),
                                            .penalty = penalty.data(),
                                            .seen = seen.data()};
  for (int step = 0; step < 2; ++step) {
    if (c.is_sampling) {
      kernels::launch_sample_tokens(
          rows, {temperature.data(), top_k.data(), top_p.data(), seed.data(), scratch.data()},
          nullptr);
    } else {
      kernels::launch_argmax_tokens(rows, choice_scratch.data(), nullptr);
    }
    take_on_host(b, c);
  }
  return is_same("token", token.read(), b.token) && is_same("status", status.read(), b.status) &&
         is_same("generated", generated.read(), b.generated) &&
         is_same("num_new", num_new.read(), b.num_new) &&
         is_same("position", position.read(), b.position) &&
         is_same("length", length.read(), b.length) && is_same("seen", seen.read(), b.seen);
}

bool check_all(bool is_sampling, const OnDevice<int32_t>& choice_scratch) {
  bool is_right = true;
  for (const TokenCase& c : {TokenCase{400, 400, is_sampling}, TokenCase{32, 40, is_sampling},
                             TokenCase{5, 5, is_sampling}, TokenCase{2055, 2055, is_sampling}}) {
    is_right &=
        check_case<float>(c, choice_scratch) && check_case<__nv_bfloat16>(c, choice_scratch);
  }
  return is_right;
}

OnDevice<int32_t> fresh_choice_scratch() {
  return OnDevice<int32_t>(
      std::vector<int32_t>(Batch<float>::kRows * kernels::kArgmaxScratchPerRow));
}

}  // namespace

bool check_argmax_tokens() {
  const auto scratch = fresh_choice_scratch();
  bool is_right = check_all(false, scratch);
  // Rows of many parts; fewer rows and more again on the same scratch.
  for (const size_t num_rows : {1, 7, 2}) {
    const TokenCase c{9003, 9005, false, num_rows};
    is_right &= check_case<float>(c, scratch) && check_case<__nv_bfloat16>(c, scratch);
  }
  const auto left = scratch.read();
  for (size_t row = 0; row < Batch<float>::kRows; ++row) {
    if (left[row * kernels::kArgmaxScratchPerRow] == 0) continue;
    std::printf("  argmax_tokens: row %zu is left half counted\n", row);
    is_right = false;
  }
  return is_right;
}

bool check_sample_tokens() {
  return check_all(true, fresh_choice_scratch());
}

}  // namespace mono::launch_checks
