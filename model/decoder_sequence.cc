#include "model/decoder_sequence.h"

#include <ATen/ATen.h>

#include <optional>
#include <utility>
#include <vector>

#include "kernels/out_of_memory.h"
#include "model/sampler.h"

namespace mono::model {
namespace {

std::vector<float> on_host(const at::Tensor& logits) {
  const auto row = logits.reshape({-1}).to(at::kCPU).contiguous();
  const auto* const values = row.const_data_ptr<float>();
  return {values, values + row.numel()};
}

/// Continued by the passes that also read prompts.
class PassSequence final : public Sequence {
 public:
  PassSequence(const SequenceContext& context, DecoderState state, TraceSink trace)
      : context_(context), state_(std::move(state)), trace_(std::move(trace)) {}

  std::vector<float> feed(int64_t token_id) override {
    const auto& decoder = context_.decoder;
    const std::span<const int64_t> ids(&token_id, 1);
    const auto embeddings = decoder.embed(ids);
    const auto routing =
        kernels::route_by_token_id(ids, context_.image_context_id, embeddings.device());
    const auto hidden_states =
        decoder.forward(embeddings, routing, state_, nullptr, TokensOf::kAnswers);
    const auto logits = decoder.logits(decoder.final_norm(hidden_states));  // [1, vocab_size]
    if (trace_) trace_("logits_steps", logits.select(0, 0));
    return on_host(logits);
  }

  std::unique_ptr<Sequence> fork() const override {
    return std::make_unique<PassSequence>(context_, state_.clone(), trace_);
  }

 private:
  SequenceContext context_;
  DecoderState state_;
  TraceSink trace_;
};

/// Continued in a batch of its own, which it takes when it is first fed.
class BatchSequence final : public Sequence {
 public:
  BatchSequence(const SequenceContext& context, DecoderState state, int64_t capacity,
                TraceSink trace)
      : context_(context),
        state_(std::move(state)),
        capacity_(capacity),
        trace_(std::move(trace)) {}

  std::vector<float> feed(int64_t token_id) override {
    at::Tensor logits;  // [1, vocab_size]
    step(token_id, Outlook::kUnknown, &logits);
    if (trace_) trace_("logits_steps", logits.select(0, 0));
    return on_host(logits);
  }

  int64_t feed_and_choose(int64_t token_id, Outlook outlook) override {
    if (trace_) return Sequence::feed_and_choose(token_id, outlook);
    const auto choice = step(token_id, outlook, nullptr);
    if (!choice.is_number) fail("no logit is a number");
    return choice.token_id;
  }

  std::unique_ptr<Sequence> fork() const override {
    return kernels::with_room(
        [&] {
          return std::make_unique<BatchSequence>(
              context_, state_ ? state_->clone() : batch_->state_of(slot_), capacity_, trace_);
        },
        context_.make_room);
  }

 private:
  NextChoice step(int64_t token_id, Outlook outlook, at::Tensor* logits) {
    if (state_) {
      batch_ = context_.batches->take(1, capacity_);
      slot_ = batch_->admit(*state_);
      state_.reset();
    }
    const NextToken token{.slot = slot_,
                          .token_id = token_id,
                          .is_visual = token_id == context_.image_context_id,
                          .outlook = outlook};
    return kernels::with_room(
        [&] {
          return batch_->step({&token, 1}, logits).front();
        },
        context_.make_room);
  }

  SequenceContext context_;
  std::optional<DecoderState> state_;  // until it lies in the batch
  int64_t capacity_;
  TraceSink trace_;
  DecodeBatches::Lease batch_{};
  int slot_ = 0;
};

}  // namespace

std::unique_ptr<Sequence> make_sequence(const SequenceContext& context, DecoderState state,
                                        int64_t capacity, const TraceSink& trace) {
  if (context.batches == nullptr) {
    return std::make_unique<PassSequence>(context, std::move(state), trace);
  }
  return std::make_unique<BatchSequence>(context, std::move(state), capacity, trace);
}

}  // namespace mono::model
