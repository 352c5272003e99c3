#include "evaluator/call.h"

#include <algorithm>
#include <utility>

namespace mono::evaluator {
namespace {

model::Request make_request(const TaskPlan& plan, const tasks::Sample& sample) {
  auto request = plan.task->request(sample, *plan.profile, plan.registration);
  if (plan.max_new_tokens > 0) {
    auto& limit = request.decoding.max_new_tokens;
    limit = std::min(limit, plan.max_new_tokens);
  }
  return request;
}

}  // namespace

Call make_call(const TaskPlan& plan, std::span<const size_t> positions) {
  Call call;
  for (const size_t position : positions) {
    const auto& sample = *plan.samples[position];
    try {
      if (!sample.fault.empty()) model::fail(sample.fault);
      call.requests.push_back(make_request(plan, sample));
      call.positions.push_back(position);
    } catch (const model::SetupError& cause) {
      call.refusals.push_back({.position = position, .error = cause.what()});
    }
  }
  return call;
}

}  // namespace mono::evaluator
