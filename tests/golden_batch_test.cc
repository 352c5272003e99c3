#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

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
  unsigned shuffle = 0;  // 0 keeps the order
};

const std::vector<Way> kWays = {
    {"1 at a time", 1, 1, false, 0},        {"2 at a time", 2, 8192, false, 0},
    {"7 at a time", 7, 8192, false, 0},     {"7 shuffled", 7, 60, false, 5},
    {"1 with prefixes", 1, 1, true, 0},     {"2 with prefixes", 2, 64, true, 3},
    {"7 with prefixes", 7, 8192, true, 11},
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
  engine.answer(
      asked,
      {.schedule = {.max_sequences = way.max_sequences,
                    .max_prefill_tokens = way.max_prefill_tokens},
       .reuses_prefixes = way.reuses_prefixes},
      [&](size_t i, const model::EngineAnswer& answer) {
        EXPECT_EQ(answer.error, "");
        outcomes[order[i]].token_ids = answer.generation.token_ids;
      },
      [&](size_t i, std::span<const float> logits) {
        outcomes[order[i]].logits.emplace_back(logits.begin(), logits.end());
      });
  return outcomes;
}

/// The same, one by one, through the path that the other golden tests compare with the reference.
std::vector<Outcome> oracle(const model::Engine& engine,
                            const std::vector<model::EngineRequest>& requests) {
  std::vector<Outcome> outcomes;
  for (const auto& request : requests) {
    auto& outcome = outcomes.emplace_back();
    outcome.token_ids =
        engine.generate(request.input_ids, request.pixel_values, request.decoding, {}).token_ids;
    auto fed = outcome.token_ids;
    fed.pop_back();
    const auto logits = engine.forced_logits(request.input_ids, request.pixel_values, fed);
    for (int64_t step = 0; step < logits.size(0); ++step) {
      const auto row = logits[step].contiguous();
      outcome.logits.emplace_back(row.const_data_ptr<float>(),
                                  row.const_data_ptr<float>() + row.numel());
    }
  }
  return outcomes;
}

void check_variant(Variant& variant, const Arithmetic& arithmetic) {
  const auto requests = requests_of(variant);
  if (requests.empty()) GTEST_SKIP() << "no case holds pixels or is text alone";
  const auto& engine = variant.engine(arithmetic);
  const auto expected = oracle(engine, requests);
  for (const auto& way : kWays) {
    const auto actual = answers_of(engine, requests, way);
    for (size_t i = 0; i < requests.size(); ++i) {
      ASSERT_EQ(actual[i].token_ids, expected[i].token_ids) << way.name << ", request " << i;
      ASSERT_EQ(actual[i].logits.size(), expected[i].logits.size()) << way.name;
      for (size_t step = 0; step < expected[i].logits.size(); ++step) {
        ASSERT_TRUE(actual[i].logits[step] == expected[i].logits[step])
            << way.name << ", request " << i << ", logits of step " << step << " differ";
      }
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
      register_golden_case("golden_batch", path.filename().string() + "." + arithmetic.name,
                           [=] { check_variant(*variant, arithmetic); });
    }
  }
  return num_variants;
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_model_golden(argc, argv, mono::tests::add_cases);
}
