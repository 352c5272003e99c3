#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "model/engine.h"

// Questions on one picture, asked together, against the first of them alone: seconds of all over
// seconds of one, in turns. First a few answers are compared with those without a shared prefix.
// Usage: prefix_bench CHECKPOINT IMAGE_CONTEXT_ID [questions] [tiles] [rounds] [bf16|fp32]
namespace mono::model {
namespace {

constexpr int64_t kTextBefore = 40;
constexpr int64_t kQuestionTokens = 24;
constexpr size_t kCompared = 3;  // questions that are also asked without a shared prefix

struct Asked {
  std::vector<std::vector<int64_t>> token_ids{};
  double seconds = 0;
};

std::vector<EngineRequest> questions(const Engine& engine, int64_t image_context_id, int64_t count,
                                     int64_t num_tiles) {
  at::manual_seed(0);
  const auto& config = engine.config();
  const auto pixels =
      at::randn({num_tiles, 3, config.image_size, config.image_size}).to(at::kBFloat16);
  std::vector<EngineRequest> requests;
  for (int64_t i = 0; i < count; ++i) {
    auto& request = requests.emplace_back();
    for (int64_t k = 0; k < kTextBefore; ++k) request.input_ids.push_back(3 + k);
    request.input_ids.insert(request.input_ids.end(),
                             static_cast<size_t>(num_tiles * config.tokens_per_tile),
                             image_context_id);
    for (int64_t k = 0; k < kQuestionTokens; ++k) {
      request.input_ids.push_back(50 + (i * 31 + k * 7) % 200);
    }
    request.pixel_values = pixels;
    request.image_key = "one picture";
    request.decoding.max_new_tokens = 1;
  }
  return requests;
}

Asked ask(const Engine& engine, std::span<const EngineRequest> requests, bool reuses_prefixes) {
  Asked asked{.token_ids = std::vector<std::vector<int64_t>>(requests.size())};
  const auto start = std::chrono::steady_clock::now();
  engine.answer(requests, {.schedule = {.max_sequences = 32}, .reuses_prefixes = reuses_prefixes},
                [&](size_t i, const EngineAnswer& answer) {
                  if (!answer.error.empty()) fail(answer.error);
                  asked.token_ids[i] = answer.generation.token_ids;
                });
  asked.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return asked;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void measure(const Engine& engine, const std::vector<EngineRequest>& requests, int rounds) {
  const std::span<const EngineRequest> all(requests);
  const auto shared = ask(engine, all, true).token_ids;
  const auto few = ask(engine, all.first(std::min(kCompared, all.size())), false).token_ids;
  if (!std::equal(few.begin(), few.end(), shared.begin())) {
    fail("answers with a shared prefix differ from those without");
  }
  std::vector<double> ratios;
  std::vector<double> ones;
  for (int round = 0; round < rounds; ++round) {
    ones.push_back(ask(engine, all.first(1), true).seconds);
    ratios.push_back(ask(engine, all, true).seconds / ones.back());
  }
  std::printf(
      "%zu questions over one, prefix shared: %.3f (lowest %.3f, highest %.3f); one: %.3f s\n",
      requests.size(), median(ratios), *std::min_element(ratios.begin(), ratios.end()),
      *std::max_element(ratios.begin(), ratios.end()), median(ones));
}

}  // namespace
}  // namespace mono::model

int main(int argc, char** argv) try {
  if (argc < 3) {
    std::fputs(
        "usage: prefix_bench CHECKPOINT IMAGE_CONTEXT_ID [questions] [tiles] [rounds] "
        "[bf16|fp32]\n",
        stderr);
    return 2;
  }
  const auto number = [&](int i, int usual) { return argc > i ? std::stoi(argv[i]) : usual; };
  const c10::InferenceMode inference;
  const int64_t image_context_id = std::stoll(argv[2]);
  const bool is_float = argc > 6 && std::string(argv[6]) == "fp32";
  const mono::model::Engine engine(argv[1], image_context_id,
                                   {.dtype = is_float ? at::kFloat : at::kBFloat16});
  const auto requests =
      mono::model::questions(engine, image_context_id, number(3, 20), number(4, 13));
  mono::model::measure(engine, requests, number(5, 5));
} catch (const std::exception& error) {
  std::fprintf(stderr, "prefix_bench: %s\n", error.what());
  return 1;
}
