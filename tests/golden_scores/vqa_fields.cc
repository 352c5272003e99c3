#include "tasks/metric/vqa_accuracy.h"
#include "tests/golden_scores/families.h"

namespace mono::tests {
namespace {

using nlohmann::json;

json normalised_references(const ScoreCase& test, ScoredColumns& columns, size_t row) {
  const auto& sample = *test.rows[row].sample;
  const auto accepted = sample.cell("answer") != nullptr
                            ? tasks::accepted_answers(columns.answers.text(row))
                            : sample.targets;
  json references = json::array();
  for (const auto& text : accepted) {
    references.push_back(tasks::normalise_vqa(text, test.profile.vqa));
  }
  return references;
}

}  // namespace

ScoreFamily vqa_family() {
  return {.fields = {{"pred_norm",
                      [](const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
                        return difference(test, row, "pred_norm", expected,
                                          test.rows[row].score->answer);
                      }},
                     {"gt_norm", [](const ScoreCase& test, ScoredColumns& columns, size_t row,
                                    const json& expected) {
                        return difference(test, row, "gt_norm", expected,
                                          normalised_references(test, columns, row));
                      }}}};
}

}  // namespace mono::tests
