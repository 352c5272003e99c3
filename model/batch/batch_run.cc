#include "model/batch/batch_run.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "model/decoder/rotary_table.h"

namespace mono::model {
namespace {

int64_t length_of(const EngineRequest& request) {
  return static_cast<int64_t>(request.input_ids.size());
}

}  // namespace

BatchRun::BatchRun(const Model& model, std::span<const EngineRequest> requests,
                   std::vector<size_t> indices, const BatchOptions& options,
                   const OnAnswer& on_answer, const LogitsSink& on_logits)
    : model_(model),
      requests_(requests),
      indices_(std::move(indices)),
      on_answer_(on_answer),
      on_logits_(on_logits) {
  std::vector<PromptView> prompts;
  std::vector<int64_t> lengths;
  for (size_t prompt = 0; prompt < indices_.size(); ++prompt) {
    const auto& asked = request(prompt);
    const std::string_view key = options.reuses_prefixes ? asked.image_key : std::string_view();
    prompts.push_back({.input_ids = asked.input_ids, .image_key = key});
    lengths.push_back(length_of(asked));
  }
  groups_ = group_by_prefix(
      prompts, {.image_context_id = model.image_context_id(),
                .max_length = RotaryTable::length_of_first_table(model.config().language)});
  auto schedule = options.schedule;
  if (model.batches() != nullptr && schedule.max_sequences > 0 && !indices_.empty()) {
    take_batch(schedule);
  }
  schedule_.emplace(groups_, lengths, schedule);
}

// As many slots as answers may be in the making, fewer where the device has no memory for them.
void BatchRun::take_batch(ScheduleOptions& options) {
  int64_t longest = 0;
  for (size_t prompt = 0; prompt < indices_.size(); ++prompt) {
    longest = std::max(longest, capacity(prompt));
  }
  auto num_slots = std::min(options.max_sequences, static_cast<int>(indices_.size()));
  while (!batch_) {
    try {
      batch_ = model_.batches()->take(num_slots, longest);
    } catch (const c10::OutOfMemoryError&) {
      if (num_slots == 1) throw;
      num_slots = (num_slots + 1) / 2;
      options.max_sequences = num_slots;
    }
  }
}

void BatchRun::operator()() {
  while (!schedule_->is_done()) {
    const auto step = schedule_->next();
    if (step.pieces.empty()) {
      continue_all(step.continued);
      continue;
    }
    try {
      read(step.pieces);
    } catch (const c10::OutOfMemoryError&) {
      if (!schedule_->put_back(step.pieces)) throw;
    }
  }
}

int64_t BatchRun::capacity(size_t prompt) const {
  return length_of(request(prompt)) + request(prompt).decoding.max_new_tokens;
}

int64_t BatchRun::num_positions(size_t group) const {
  int64_t most = 0;
  for (const size_t member : groups_[group].members) most = std::max(most, capacity(member));
  return most;
}

DecoderState BatchRun::state_for(const PromptPiece& piece) const {
  if (piece.is_shared) return model_.decoder().start(piece.end, num_positions(piece.group));
  const int64_t size = capacity(piece.prompt);
  const int64_t cached = batch_ ? piece.end : size;
  if (piece.begin == 0) return model_.decoder().start(cached, size);
  return prefixes_.at(piece.group).state.fork(cached);
}

void BatchRun::release_prefix(size_t group) {
  const auto found = prefixes_.find(group);
  if (found != prefixes_.end() && --found->second.num_waiting == 0) prefixes_.erase(found);
}

/// Of the pieces that begin a prompt; those behind a prefix have no image-context tokens.
at::Tensor BatchRun::visual_of(const std::vector<PromptPiece>& pieces) const {
  std::vector<at::Tensor> pixels;
  for (const auto& piece : pieces) {
    const auto& tiles = request(piece.prompt).pixel_values;
    if (piece.begin == 0 && tiles.defined() && tiles.size(0) > 0) pixels.push_back(tiles);
  }
  if (pixels.empty()) return {};
  return model_.see(pixels.size() == 1 ? pixels.front() : at::cat(pixels), nullptr);
}

void BatchRun::read(const std::vector<PromptPiece>& pieces) {
  const double start = watch_.spent().seconds;
  std::vector<int64_t> ids;
  std::vector<DecoderState> states;
  std::vector<int64_t> last_rows;  // of the pieces behind which an answer begins
  states.reserve(pieces.size());
  std::vector<Stretch> stretches;
  for (const auto& piece : pieces) {
    const auto& prompt = request(piece.prompt).input_ids;
    ids.insert(ids.end(), prompt.begin() + piece.begin, prompt.begin() + piece.end);
    states.push_back(state_for(piece));
    stretches.push_back({.state = &states.back(), .num_tokens = piece.end - piece.begin});
    if (!piece.is_shared) last_rows.push_back(static_cast<int64_t>(ids.size()) - 1);
  }
  const auto hidden_states = model_.pass(ids, visual_of(pieces), stretches, nullptr);
  at::Tensor logits;  // [answers that begin, vocab_size]
  if (!last_rows.empty()) {
    const auto rows = at::tensor(last_rows, at::kLong).to(hidden_states.device(), true);
    logits = model_.logits(hidden_states.index_select(0, rows)).to(at::kCPU).contiguous();
  }
  begin_answers(pieces, states, logits, start);
}

/// \param logits  on the host by now, one row for each piece that ends a prompt
void BatchRun::begin_answers(const std::vector<PromptPiece>& pieces,
                             std::vector<DecoderState>& states, const at::Tensor& logits,
                             double start) {
  const auto to_first = watch_.spent();
  int64_t row = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const auto& piece = pieces[i];
    if (piece.is_shared) {
      prefixes_.emplace(piece.group, Prefix{.state = std::move(states[i]),
                                            .num_waiting = groups_[piece.group].members.size()});
      continue;
    }
    release_prefix(piece.group);
    const auto& asked = request(piece.prompt);
    auto& running =
        running_
            .emplace(piece.prompt,
                     Running{.state = std::move(states[i]),
                             .continuation = Continuation(asked.decoding, asked.stop_ids,
                                                          model_.config().language.bos_id),
                             .prefill_start = start,
                             .to_first = to_first})
            .first->second;
    take(piece.prompt, running,
         {logits[row].mutable_data_ptr<float>(), static_cast<size_t>(logits.size(1))});
    ++row;
    if (!batch_ || !running_.contains(piece.prompt)) continue;
    running.slot = batch_->admit(*running.state);
    running.state.reset();
  }
}

void BatchRun::continue_all(const std::vector<size_t>& prompts) {
  if (batch_) return continue_in_batch(prompts);
  std::vector<int64_t> ids;
  std::vector<Stretch> stretches;
  for (const size_t prompt : prompts) {
    auto& running = running_.at(prompt);
    ids.push_back(running.continuation.generation().token_ids.back());
    stretches.push_back({.state = &*running.state, .num_tokens = 1});
  }
  const auto hidden_states = model_.next(ids, stretches);
  const auto logits = model_.logits(hidden_states).to(at::kCPU).contiguous();
  for (size_t i = 0; i < prompts.size(); ++i) {
    auto row = logits[static_cast<int64_t>(i)];
    take(prompts[i], running_.at(prompts[i]),
         {row.mutable_data_ptr<float>(), static_cast<size_t>(logits.size(1))});
  }
}

void BatchRun::continue_in_batch(const std::vector<size_t>& prompts) {
  std::vector<NextToken> tokens;
  bool wants_logits = static_cast<bool>(on_logits_);
  for (const size_t prompt : prompts) {
    const auto& running = running_.at(prompt);
    const int64_t last = running.continuation.generation().token_ids.back();
    tokens.push_back(
        {.slot = running.slot, .token_id = last, .is_visual = last == model_.image_context_id()});
    wants_logits = wants_logits || !running.continuation.takes_largest();
  }
  at::Tensor logits;
  const auto choices = batch_->step(tokens, wants_logits ? &logits : nullptr);
  for (size_t i = 0; i < prompts.size(); ++i) {
    auto& running = running_.at(prompts[i]);
    if (!wants_logits) {
      take_largest(prompts[i], running, choices[i]);
      continue;
    }
    auto row = logits[static_cast<int64_t>(i)];
    take(prompts[i], running, {row.mutable_data_ptr<float>(), static_cast<size_t>(logits.size(1))});
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
