// InfographicVQA, test and validation. Mathew et al. 2021, arXiv:2104.12756. Metric: ANLS; the
// test split is scored by rrc.cvc.uab.es, challenge 17, task 3.

#include "tasks/document_question.h"
#include "tasks/registry.h"

namespace mono::tasks {
namespace {

constexpr int kMaxTiles = 24;

}  // namespace

const Task& infovqa() {
  static const DocumentQuestions task("infovqa", "InfoVQA_TEST", {"infographicsvqa_test"},
                                      kMaxTiles);
  return task;
}

const Task& infovqa_val() {
  static const DocumentQuestions task("infovqa_val", "InfoVQA_VAL", {"infographicsvqa_val"},
                                      kMaxTiles);
  return task;
}

}  // namespace mono::tasks
