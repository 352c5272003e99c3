#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "tasks/metric/rouge_l.h"
#include "tasks/text/ptb_tokenizer.h"
#include "tests/golden_scores/families.h"

namespace mono::tests {
namespace {

using nlohmann::json;
using References = std::vector<std::vector<std::string>>;

/// The references of all rows, tokenised as one text.
References tokenized_references(const ScoreCase& test) {
  std::vector<std::string> captions;
  for (const auto& row : test.rows) {
    captions.insert(captions.end(), row.sample->targets.begin(), row.sample->targets.end());
  }
  const auto tokenized = tasks::tokenized_captions(captions);
  References references;
  auto next = tokenized.begin();
  for (const auto& row : test.rows) {
    const auto count = static_cast<std::ptrdiff_t>(row.sample->targets.size());
    references.emplace_back(next, next + count);
    next += count;
  }
  return references;
}

/// NumPy's logarithm is not the same on every processor: with AVX-512 it differs from the C
/// library's in the last bit of every fifth integer, and ln N - ln df carries that on. The same
/// file, scored by the reference without AVX-512, gives our numbers bit for bit.
bool is_same_cider(double expected, double actual) {
  constexpr double kTolerance = 1e-12;
  return std::abs(expected - actual) <= kTolerance;
}

std::string check_tokenized(const ScoreCase& test, ScoredColumns&, size_t row,
                            const json& expected) {
  return difference(test, row, "tokenized", expected, test.rows[row].score->answer);
}

std::string check_cider(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  const double actual = test.rows[row].score->value;
  if (is_same_cider(expected, actual)) return "";
  return difference(test, row, "cider", expected, actual);
}

void check_table(const ScoreCase& test, const json& table) {
  const auto metrics = test.task.metrics(test.rows, test.profile);
  EXPECT_EQ(table.at("n_rows").get<size_t>(), test.rows.size());
  EXPECT_EQ(metrics.front().name, "CIDEr");
  EXPECT_PRED2(is_same_cider, table.at("CIDEr").get<double>(), metrics.front().value);
  check_metric(metrics, "ROUGE_L", "", table.at("ROUGE_L"));
  int n = 0;
  for (const auto& value : table.at("Bleu")) {
    check_metric(metrics, "Bleu_" + std::to_string(++n), "", value);
  }
  EXPECT_EQ(n, 4);
}

}  // namespace

ScoreFamily caption_family() {
  const auto cache = std::make_shared<References>();
  const auto references = [cache](const ScoreCase& test) -> const References& {
    if (cache->empty()) *cache = tokenized_references(test);
    return *cache;
  };
  return {.fields = {{"tokenized", check_tokenized},
                     {"cider", check_cider},
                     {"references_tokenized",
                      [=](const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
                        return difference(test, row, "references_tokenized", expected,
                                          references(test)[row]);
                      }},
                     {"rouge_l",
                      [=](const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
                        const auto value =
                            tasks::rouge_l({test.rows[row].score->answer, references(test)[row]});
                        return difference(test, row, "rouge_l", expected, value);
                      }}},
          .table = check_table};
}

}  // namespace mono::tests
