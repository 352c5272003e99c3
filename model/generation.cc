#include "model/generation.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "model/beam_search.h"
#include "model/logits_rules.h"
#include "model/sampler.h"

namespace mono::model {
namespace {

void check_number(const char* name, const std::optional<double>& value, double least, double most,
                  bool includes_least) {
  if (!value) return;
  const bool is_inside = *value <= most && (includes_least ? *value >= least : *value > least);
  if (is_inside) return;
  fail<UsageError>(name, " must be ", includes_least ? "at least " : "above ", least,
                   " and at most ", most, ", got ", *value);
}

void check_count(const char* name, const std::optional<int>& value, int least) {
  if (value && *value < least) {
    fail<UsageError>(name, " must be at least ", least, ", got ", *value);
  }
}

bool contains(std::span<const int64_t> ids, int64_t id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

const char* name_of(StopReason stop) {
  return stop == StopReason::kStopToken ? "stop_token" : "length";
}

LogitsRules::LogitsRules(const Decoding& decoding, std::span<const int64_t> stop_ids,
                         int64_t bos_id)
    : repetition_penalty_(decoding.repetition_penalty.value_or(1)),
      min_new_tokens_(static_cast<size_t>(decoding.min_new_tokens.value_or(0))),
      stop_ids_(stop_ids.begin(), stop_ids.end()),
      bos_id_(bos_id) {}

void LogitsRules::apply(std::span<float> logits, std::span<const int64_t> token_ids) const {
  if (repetition_penalty_ != 1) {
    std::vector<int64_t> seen{bos_id_};
    seen.insert(seen.end(), token_ids.begin(), token_ids.end());
    penalise_repetition(logits, seen, repetition_penalty_);
  }
  if (token_ids.size() < min_new_tokens_) forbid(logits, stop_ids_);
}

bool LogitsRules::change(std::span<const int64_t> token_ids) const {
  return repetition_penalty_ != 1 || (token_ids.size() < min_new_tokens_ && !stop_ids_.empty());
}

void check_decoding(const Decoding& decoding) {
  constexpr double kLargest = 1e6;
  check_count("max_new_tokens", decoding.max_new_tokens, 1);
  check_count("min_new_tokens", decoding.min_new_tokens, 0);
  check_count("num_beams", decoding.num_beams, 1);
  check_number("repetition_penalty", decoding.repetition_penalty, 0, kLargest, false);
  check_number("length_penalty", decoding.length_penalty, -kLargest, kLargest, true);
  if (!decoding.do_sample) return;  // the reference reads none of the following then
  check_number("temperature", decoding.temperature, 0, kLargest, false);
  check_number("top_p", decoding.top_p, 0, 1, true);
  check_count("top_k", decoding.top_k, 0);
  if (decoding.num_beams.value_or(1) > 1) {
    fail<UsageError>("do_sample must be false where num_beams is above 1, got num_beams ",
                     *decoding.num_beams);
  }
}

Continuation::Continuation(const Decoding& decoding, std::vector<int64_t> stop_ids, int64_t bos_id)
    : decoding_(decoding),
      stop_ids_(std::move(stop_ids)),
      rules_(decoding, stop_ids_, bos_id),
      random_(decoding.seed) {
  check_decoding(decoding);
  if (decoding.num_beams.value_or(1) > 1) {
    fail<UsageError>("a single continuation has one beam, got num_beams ", *decoding.num_beams);
  }
}

int64_t Sequence::feed_and_choose(int64_t token_id, Outlook /*outlook*/) {
  return best_token(feed(token_id));
}

bool Continuation::take(std::span<float> logits) {
  rules_.apply(logits, generation_.token_ids);
  return append(decoding_.do_sample ? draw_token(sampling_probabilities(logits, decoding_), random_)
                                    : best_token(logits));
}

bool Continuation::takes_largest() const {
  return !decoding_.do_sample && !rules_.change(generation_.token_ids);
}

Outlook Continuation::outlook() const {
  constexpr size_t kShortAnswer = 8;  // a step for nothing costs more than many steps gain
  const size_t count = generation_.token_ids.size() + 1;  // with the next token
  if (count >= static_cast<size_t>(decoding_.max_new_tokens)) return Outlook::kEnds;
  return stop_ids_.empty() || count > kShortAnswer ? Outlook::kGoesOn : Outlook::kUnknown;
}

bool Continuation::take_largest(int64_t token_id) {
  return append(token_id);
}

bool Continuation::append(int64_t token_id) {
  auto& ids = generation_.token_ids;
  ids.push_back(token_id);
  if (contains(stop_ids_, ids.back())) {
    generation_.stop = StopReason::kStopToken;
    return false;
  }
  return ids.size() < static_cast<size_t>(decoding_.max_new_tokens);
}

Generation continue_sequence(std::unique_ptr<Sequence> sequence, std::vector<float> logits,
                             const Decoding& decoding, std::span<const int64_t> stop_ids,
                             int64_t bos_id) {
  check_decoding(decoding);
  for (const int64_t id : stop_ids) {
    if (id < 0 || id >= static_cast<int64_t>(logits.size())) {
      fail("stop id ", id, " is outside the vocabulary of ", logits.size());
    }
  }
  if (decoding.num_beams.value_or(1) > 1) {
    return search_beams(std::move(sequence), std::move(logits), decoding, stop_ids, bos_id);
  }

  Continuation answer(decoding, {stop_ids.begin(), stop_ids.end()}, bos_id);
  bool wants_more = answer.take(logits);
  while (wants_more) {
    const int64_t last = answer.generation().token_ids.back();
    if (answer.takes_largest()) {
      wants_more = answer.take_largest(sequence->feed_and_choose(last, answer.outlook()));
    } else {
      logits = sequence->feed(last);
      wants_more = answer.take(logits);
    }
  }
  return answer.generation();
}

}  // namespace mono::model
