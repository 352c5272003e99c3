#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <string_view>
#include <utility>

#include "tests/golden_files.h"
#include "tests/golden_model_checks.h"

// Every checkpoint of the golden folder `model`, asked in batches: alone or packed with strangers,
// in any order, with and without shared prefixes, an answer is the same to the last bit.
namespace mono::tests {
namespace {

constexpr int kNewTokens = 6;

struct Way {
  std::string name{};
  int max_sequences = 1;
  int64_t max_prefill_tokens = 8192;
  bool reuses_prefixes = false;
  unsigned shuffle = 0;     // 0 keeps the order
  bool sees_logits = true;  // else steps are started ahead
};

const std::vector<Way> kWays = {
    {"1_at_a_time", 1, 1, false, 0},        {"2_at_a_time", 2, 8192, false, 0},
    {"7_at_a_time", 7, 8192, false, 0},     {"7_shuffled", 7, 60, false, 5},
    {"1_with_prefixes", 1, 1, true, 0},     {"2_with_prefixes", 2, 64, true, 3},
    {"7_with_prefixes", 7, 8192, true, 11}, {"99_unseen", 99, 8192, true, 0, false},
};

/// What a request came to: the logits of every step, and the answer.
struct Outcome {
  std::vector<std::vector<float>> logits{};
  std::vector<int64_t> token_ids{};
};

/// The prompts of a variant's cases, and for each with pictures others that end differently.
std::vector<model::EngineRequest> requests_of(Variant& variant) {
  std::vector<model::EngineRequest> requests;
  const int64_t image = variant.image_context_id();
  const model::Decoding decoding{.max_new_tokens = kNewTokens};
  for (const auto& [name, about] : variant.golden().at("cases").items()) {
    const auto tensors = variant.tensors(name);
    if (tensors.contains("attention_mask") || name.starts_with("stateful_")) continue;
    const auto ids = ids_of(need(tensors, "input_ids"));
    const bool has_images = std::find(ids.begin(), ids.end(), image) != ids.end();
    if (has_images && !tensors.contains("pixel_values")) continue;
    model::EngineRequest request{.input_ids = ids, .decoding = decoding};
    if (has_images) {
      request.pixel_values = tensors.at("pixel_values");
      request.image_key = name;
    }
    requests.push_back(request);
    if (!has_images) continue;
    for (int64_t more = 1; more <= 3; ++more) {
      auto& other = requests.emplace_back(request);
      other.input_ids.back() = more;
      for (int64_t k = 0; k < 4 * more; ++k) other.input_ids.push_back(5 + k % 7);
    }
  }
  return requests;
}

std::vector<Outcome> answers_of(const model::Engine& engine,
                                const std::vector<model::EngineRequest>& requests, const Way& way) {
  std::vector<size_t> order(requests.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (way.shuffle > 0) std::shuffle(order.begin(), order.end(), std::mt19937(way.shuffle));
  std::vector<model::EngineRequest> asked;
  asked.reserve(order.size());
  for (const size_t i : order) asked.push_back(requests[i]);

  std::vector<Outcome> outcomes(requests.size());
  model::LogitsSink on_logits;
  if (way.sees_logits) {
    on_logits = [&](size_t i, std::span<const float> logits) {
      outcomes[order[i]].logits.emplace_back(logits.begin(), logits.end());
    };
  }
  engine.answer(
      asked,
      {.schedule = {.max_sequences = way.max_sequences,
                    .max_prefill_tokens = way.max_prefill_tokens},
       .reuses_prefixes = way.reuses_prefixes},
      [&](size_t i, const model::EngineAnswer& answer) {
        EXPECT_EQ(answer.error, "");
        outcomes[order[i]].token_ids = answer.generation.token_ids;
      },
      on_logits);
  return outcomes;
}

/// The same, one by one, through the path that the other golden tests compare with the reference:
/// somebody traces, so that no prompt is read in a recorded pass.
std::vector<Outcome> oracle(const model::Engine& engine,
                            const std::vector<model::EngineRequest>& requests) {
  const model::TraceSink sink = [](std::string_view, const at::Tensor&) {};
  std::vector<Outcome> outcomes;
  for (const auto& request : requests) {
    auto& outcome = outcomes.emplace_back();
    outcome.token_ids =
        engine.generate(request.input_ids, request.pixel_values, request.decoding, {}, sink)
            .token_ids;
    auto fed = outcome.token_ids;
    fed.pop_back();
    const auto logits = engine.forced_logits(request.input_ids, request.pixel_values, fed, sink);
    for (int64_t step = 0; step < logits.size(0); ++step) {
      const auto row = logits[step].contiguous();
      outcome.logits.emplace_back(row.const_data_ptr<float>(),
                                  row.const_data_ptr<float>() + row.numel());
    }
  }
  return outcomes;
}

/// The requests of a variant and what they must come to, found when the first way needs it.
class Expectation {
 public:
  Expectation(std::shared_ptr<Variant> variant, Arithmetic arithmetic)
      : variant_(std::move(variant)), arithmetic_(std::move(arithmetic)) {}

  const model::Engine& engine() { return variant_->engine(arithmetic_); }

  const std::vector<model::EngineRequest>& requests() {
    if (!requests_) requests_ = requests_of(*variant_);
    return *requests_;
  }

  const std::vector<Outcome>& outcomes() {
    if (!outcomes_) outcomes_ = oracle(engine(), requests());
    return *outcomes_;
  }

 private:
  std::shared_ptr<Variant> variant_;
  Arithmetic arithmetic_;
  std::optional<std::vector<model::EngineRequest>> requests_{};
  std::optional<std::vector<Outcome>> outcomes_{};
};

void check_way(Expectation& of, const Way& way) {
  const auto& requests = of.requests();
  if (requests.empty()) GTEST_SKIP() << "no case holds pixels or is text alone";
  const auto& expected = of.outcomes();
  const auto actual = answers_of(of.engine(), requests, way);
  for (size_t i = 0; i < requests.size(); ++i) {
    ASSERT_EQ(actual[i].token_ids, expected[i].token_ids) << "request " << i;
    if (!way.sees_logits) continue;
    ASSERT_EQ(actual[i].logits.size(), expected[i].logits.size());
    for (size_t step = 0; step < expected[i].logits.size(); ++step) {
      ASSERT_TRUE(actual[i].logits[step] == expected[i].logits[step])
          << "request " << i << ", logits of step " << step << " differ";
    }
  }
}

int add_cases(const std::filesystem::path& folder) {
  int num_variants = 0;
  for (const auto& path : golden_files(folder, "")) {
    if (!std::filesystem::exists(path / "golden.json") ||
        !std::filesystem::exists(path / "cases")) {
      continue;
    }
    ++num_variants;
    const auto variant = add_variant(path, json::parse(std::ifstream(path / "golden.json")));
    for (const auto& arithmetic : arithmetics()) {
      if (!arithmetic.is_deterministic) continue;
      const auto expectation = std::make_shared<Expectation>(variant, arithmetic);
      for (const auto& way : kWays) {
        register_golden_case("golden_batch",
                             path.filename().string() + "." + arithmetic.name + "." + way.name,
                             [=] { check_way(*expectation, way); });
      }
    }
  }
  return num_variants;
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_model_golden(argc, argv, mono::tests::add_cases);
}
