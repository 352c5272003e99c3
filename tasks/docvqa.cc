// DocVQA, one page a question, test and validation. Mathew et al. 2021, arXiv:2007.00398. Metric:
// ANLS; the test split is scored by rrc.cvc.uab.es, challenge 17, task 1.

#include "tasks/document_question.h"
#include "tasks/registry.h"

namespace mono::tasks {
namespace {

constexpr int kMaxTiles = 18;

}  // namespace

const Task& docvqa() {
  static const DocumentQuestions task("docvqa", "DocVQA_TEST", {"docvqa_test"}, kMaxTiles);
  return task;
}

const Task& docvqa_val() {
  static const DocumentQuestions task("docvqa_val", "DocVQA_VAL", {}, kMaxTiles);
  return task;
}

}  // namespace mono::tasks
