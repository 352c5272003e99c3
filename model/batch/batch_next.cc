// The tokens behind the first: how a BatchRun continues answers and ends them.
#include <ATen/ATen.h>

#include <string>
#include <utility>

#include "model/batch/batch_run.h"

namespace mono::model {

/// The next token of each; by halves where they do not fit the memory together.
void BatchRun::continue_all(std::span<const size_t> prompts) {
  NextTokens next;
  if (model_.fits([&] { next = batch_ ? next_in_batch(prompts) : next_by_passes(prompts); })) {
    return take_all(prompts, next);
  }
  if (prompts.size() == 1) return finish(prompts[0], no_memory_for(request(prompts[0])));
  const size_t half = prompts.size() / 2;
  continue_all(prompts.first(half));
  continue_all(prompts.subspan(half));
}

BatchRun::NextTokens BatchRun::next_by_passes(std::span<const size_t> prompts) {
  std::vector<int64_t> ids;
  std::vector<Stretch> stretches;
  for (const size_t prompt : prompts) {
    auto& running = running_.at(prompt);
    ids.push_back(running.continuation.generation().token_ids.back());
    stretches.push_back({.state = &*running.state, .num_tokens = 1});
  }
  const auto hidden_states = model_.next(ids, stretches);
  try {
    return {.logits = model_.logits(hidden_states).to(at::kCPU).contiguous()};
  } catch (...) {  // the tokens will be read again
    for (const auto& stretch : stretches) stretch.state->cache.step_back(stretch.num_tokens);
    throw;
  }
}

// While prompts wait, each answer that ends makes room for one, and a step started ahead would be
// done for nothing.
BatchRun::NextTokens BatchRun::next_in_batch(std::span<const size_t> prompts) {
  std::vector<NextToken> tokens;
  bool wants_logits = static_cast<bool>(on_logits_);
  for (const size_t prompt : prompts) {
    const auto& running = running_.at(prompt);
    const int64_t last = running.continuation.generation().token_ids.back();
    tokens.push_back(
        {.slot = running.slot,
         .token_id = last,
         .is_visual = last == model_.image_context_id(),
         .outlook = schedule_->has_waiting() ? Outlook::kUnknown : running.continuation.outlook()});
    wants_logits = wants_logits || !running.continuation.takes_largest();
  }
  NextTokens next;
  next.choices = batch_->step(tokens, wants_logits ? &next.logits : nullptr);
  return next;
}

void BatchRun::take_all(std::span<const size_t> prompts, NextTokens& next) {
  for (size_t i = 0; i < prompts.size(); ++i) {
    auto& running = running_.at(prompts[i]);
    if (!next.logits.defined()) {
      take_largest(prompts[i], running, next.choices[i]);
      continue;
    }
    auto row = next.logits[static_cast<int64_t>(i)];
    take(prompts[i], running, {row.mutable_data_ptr<float>(), static_cast<size_t>(row.size(0))});
  }
}

void BatchRun::take(size_t prompt, Running& running, std::span<float> logits) {
  if (on_logits_) on_logits_(indices_[prompt], logits);
  bool goes_on = false;
  try {
    goes_on = running.continuation.take(logits);
  } catch (const SetupError& cause) {  // logits that are not numbers
    return refuse(prompt, cause.what());
  }
  if (!goes_on) end(prompt, running);
}

void BatchRun::take_largest(size_t prompt, Running& running, const NextChoice& choice) {
  if (!choice.is_number) return refuse(prompt, "no logit is a number");
  if (!running.continuation.take_largest(choice.token_id)) end(prompt, running);
}

void BatchRun::refuse(size_t prompt, const std::string& why) {
  EngineAnswer refusal;
  refusal.error = why;
  finish(prompt, std::move(refusal));
}

void BatchRun::end(size_t prompt, const Running& running) {
  auto generation = running.continuation.generation();
  const auto to_end = watch_.spent();
  generation.wait_seconds = running.prefill_start;
  generation.prefill_seconds = running.to_first.seconds - running.prefill_start;
  generation.decode_seconds = to_end.seconds - running.to_first.seconds;
  generation.first_token_cpu_seconds = running.to_first.cpu_seconds;
  generation.cpu_seconds = to_end.cpu_seconds;
  finish(prompt, {.generation = std::move(generation)});
}

void BatchRun::finish(size_t prompt, EngineAnswer answer) {
  const auto running = running_.find(prompt);
  if (batch_ && !running->second.state) batch_->release(running->second.slot);
  running_.erase(running);
  schedule_->finish(prompt);
  on_answer_(indices_[prompt], std::move(answer));
}

}  // namespace mono::model
