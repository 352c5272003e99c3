#include "model/beam_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "model/logits_rules.h"
#include "model/sampler.h"

namespace mono::model {
namespace {

struct Beam {
  std::shared_ptr<Sequence> sequence{};  // shared only between a step's choice and its move
  std::vector<float> logits{};
  std::vector<int64_t> token_ids{};
  float score = 0;  // sum of log-softmax
};

struct Candidate {
  size_t beam = 0;
  int64_t token_id = 0;
  float score = 0;
};

struct Hypothesis {
  std::vector<int64_t> token_ids{};  // without the stop token
  bool is_stopped = false;
  double score = 0;  // divided by the length
};

// Finished answers: at most as many as there are beams, the worst dropped first.
class Finished {
 public:
  Finished(size_t num_beams, double length_penalty)
      : num_beams_(num_beams), length_penalty_(length_penalty) {}

  // `length` counts the stop token.
  void add(std::vector<int64_t> token_ids, bool is_stopped, float sum, size_t length) {
    const double score = scaled(sum, length);
    if (hypotheses_.size() == num_beams_ && score <= worst()->score) return;
    if (hypotheses_.size() == num_beams_) hypotheses_.erase(worst());
    hypotheses_.push_back({std::move(token_ids), is_stopped, score});
  }

  bool cannot_improve(float best_sum, size_t length) {
    return hypotheses_.size() == num_beams_ && worst()->score >= scaled(best_sum, length);
  }

  // Of equal ones the last that was added.
  Hypothesis best() const {
    const auto reversed = std::max_element(
        hypotheses_.rbegin(), hypotheses_.rend(),
        [](const Hypothesis& a, const Hypothesis& b) { return a.score < b.score; });
    return *reversed;
  }

 private:
  std::vector<Hypothesis>::iterator worst() {
    return std::min_element(
        hypotheses_.begin(), hypotheses_.end(),
        [](const Hypothesis& a, const Hypothesis& b) { return a.score < b.score; });
  }

  double scaled(float sum, size_t length) const {
    return static_cast<double>(sum) / std::pow(static_cast<double>(length), length_penalty_);
  }

  size_t num_beams_;
  double length_penalty_;
  std::vector<Hypothesis> hypotheses_{};
};

std::vector<float> log_softmax(std::span<const float> logits) {
  const float largest = logits[static_cast<size_t>(best_token(logits))];
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit - largest));
  const auto log_sum = static_cast<float>(std::log(sum));
  std::vector<float> scores(logits.size());
  for (size_t i = 0; i < logits.size(); ++i) scores[i] = logits[i] - largest - log_sum;
  return scores;
}

std::vector<Candidate> best_candidates(std::span<const Beam> beams, const LogitsRules& rules,
                                       size_t count) {
  std::vector<Candidate> candidates;
  for (size_t beam = 0; beam < beams.size(); ++beam) {
    auto scores = log_softmax(beams[beam].logits);
    rules.apply(scores, beams[beam].token_ids);
    for (size_t id = 0; id < scores.size(); ++id) {
      candidates.push_back({beam, static_cast<int64_t>(id), scores[id] + beams[beam].score});
    }
  }
  count = std::min(count, candidates.size());
  const auto is_before = [](const Candidate& a, const Candidate& b) {
    if (a.score != b.score) return a.score > b.score;
    return a.beam != b.beam ? a.beam < b.beam : a.token_id < b.token_id;
  };
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count),
                    candidates.end(), is_before);
  candidates.resize(count);
  return candidates;
}

// The beams after a step; each reads its new token unless it is the last.
std::vector<Beam> moved(std::span<const Beam> beams, std::span<const Candidate> chosen,
                        bool is_last) {
  std::vector<Beam> next;
  for (const auto& candidate : chosen) {
    const Beam& from = beams[candidate.beam];
    Beam beam{.token_ids = from.token_ids, .score = candidate.score};
    beam.token_ids.push_back(candidate.token_id);
    if (!is_last) {
      beam.sequence = from.sequence->fork();
      beam.logits = beam.sequence->feed(candidate.token_id);
    }
    next.push_back(std::move(beam));
  }
  return next;
}

Generation generation_of(Hypothesis hypothesis, std::span<const int64_t> stop_ids) {
  Generation generation{.token_ids = std::move(hypothesis.token_ids)};
  if (hypothesis.is_stopped) {
    generation.token_ids.push_back(stop_ids.front());
    generation.stop = StopReason::kStopToken;
  }
  return generation;
}

}  // namespace

Generation search_beams(std::unique_ptr<Sequence> sequence, std::vector<float> logits,
                        const Decoding& decoding, std::span<const int64_t> stop_ids,
                        int64_t bos_id) {
  const auto num_beams = static_cast<size_t>(decoding.num_beams.value_or(1));
  const auto max_new_tokens = static_cast<size_t>(decoding.max_new_tokens);
  const size_t num_candidates = std::max<size_t>(2, 1 + stop_ids.size()) * num_beams;
  const LogitsRules rules(decoding, stop_ids, bos_id);
  Finished finished(num_beams, decoding.length_penalty.value_or(1));

  // All beams start equal, so only the first may be continued; the reference gives the others a
  // score of -1e9.
  std::vector<Beam> beams;
  beams.push_back({.sequence = std::move(sequence), .logits = std::move(logits)});
  for (size_t length = 1; length <= max_new_tokens; ++length) {
    const auto candidates = best_candidates(beams, rules, num_candidates);
    std::vector<Candidate> chosen;
    for (size_t rank = 0; rank < candidates.size() && chosen.size() < num_beams; ++rank) {
      const auto& candidate = candidates[rank];
      if (std::find(stop_ids.begin(), stop_ids.end(), candidate.token_id) == stop_ids.end()) {
        chosen.push_back(candidate);
      } else if (rank < num_beams) {
        finished.add(beams[candidate.beam].token_ids, true, candidate.score, length);
      }
    }
    if (chosen.empty() || finished.cannot_improve(candidates.front().score, length)) {
      return generation_of(finished.best(), stop_ids);
    }
    beams = moved(beams, chosen, length == max_new_tokens);
  }
  for (const auto& beam : beams) {
    finished.add(beam.token_ids, false, beam.score, beam.token_ids.size());
  }
  return generation_of(finished.best(), stop_ids);
}

}  // namespace mono::model
