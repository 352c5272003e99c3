#include "model/batch/batch_run.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>
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
  auto schedule = options.schedule;
  if (model.batches() != nullptr && schedule.max_sequences > 0) take_batch(schedule);
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
  schedule_.emplace(groups_, lengths, schedule);
}

void BatchRun::operator()() {
  while (!schedule_->is_done()) {
    const auto step = schedule_->next();
    if (step.pieces.empty()) {
      continue_all(step.continued);
      continue;
    }
    if (takes_own_slots_ && !take_own_slot(step.pieces.front())) continue;
    std::optional<PiecesRead> read_pieces;
    if (model_.fits([&] { read_pieces.emplace(read(step.pieces)); })) {
      begin_answers(step.pieces, *read_pieces);
    } else if (!schedule_->put_back(step.pieces)) {
      make_do(step.pieces.front());
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

/// Of the pieces that begin a prompt; those behind a prefix have no image-context tokens. Tiles are
/// joined where they are looked at: from page-locked memory a GPU fetches them by itself.
at::Tensor BatchRun::visual_of(const std::vector<PromptPiece>& pieces) const {
  std::vector<at::Tensor> pixels;
  for (const auto& piece : pieces) {
    const auto& tiles = request(piece.prompt).pixel_values;
    if (piece.begin == 0 && tiles.defined() && tiles.size(0) > 0)
      pixels.push_back(model_.fetch(tiles));
  }
  if (pixels.empty()) return {};
  return model_.see(pixels.size() == 1 ? pixels.front() : at::cat(pixels), nullptr);
}

// A whole prompt alone in its pass, where its shape is recorded.
bool BatchRun::read_recorded(const std::vector<PromptPiece>& pieces, PiecesRead& into) const {
  const auto& piece = pieces.front();
  if (pieces.size() > 1 || piece.is_shared || piece.begin > 0 || !batch_) return false;
  const auto& asked = request(piece.prompt);
  auto prompt = model_.read_recorded(asked.input_ids, asked.pixel_values, capacity(piece.prompt));
  if (!prompt) return false;
  into.states.push_back(std::move(prompt->state));
  into.logits = std::move(prompt->logits);
  into.to_first = watch_.spent();
  return true;
}

BatchRun::PiecesRead BatchRun::read(const std::vector<PromptPiece>& pieces) const {
  PiecesRead result{.start = watch_.spent().seconds};
  if (read_recorded(pieces, result)) return result;
  auto& states = result.states;
  std::vector<int64_t> ids;
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
  if (!last_rows.empty()) {
    const auto rows = at::tensor(last_rows, at::kLong).to(hidden_states.device(), true);
    result.logits = model_.logits(hidden_states.index_select(0, rows)).to(at::kCPU).contiguous();
  }
  result.to_first = watch_.spent();
  return result;
}

void BatchRun::begin_answers(const std::vector<PromptPiece>& pieces, PiecesRead& of) {
  auto& [states, logits, start, to_first] = of;
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

}  // namespace mono::model
