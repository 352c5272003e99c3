#include "evaluator/bench/plain_run.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "model/adapter.h"

namespace mono::bench {
namespace {

using Answer = std::vector<int64_t>;

int64_t common_tokens(const Answer& answer, const Answer& expected) {
  return std::mismatch(answer.begin(), answer.end(), expected.begin(), expected.end()).first -
         answer.begin();
}

/// Where an answer parts from a plain run's.
struct Parting {
  int64_t step = 0;
  double given_up = 0;  // by how much that run's logit of its own token exceeds the answer's
  double largest = 0;   // of that run's logits, without their signs
};

/// The answers of a plain run, asked for once.
class PlainRun {
 public:
  PlainRun(const Contender& plain, const LatencyOptions& options)
      : plain_(plain), options_(options) {}

  const std::vector<Answer>& answers(const Shape& shape, int count) {
    return known(shape, count).answers;
  }

  /// Where an answer parts from that run's.
  Parting parting(const Shape& shape, size_t index, const Answer& answer) {
    const auto& [requests, answers] = known(shape, static_cast<int>(index) + 1);
    const auto& expected = answers[index];
    const auto step = common_tokens(answer, expected);
    const std::vector<int64_t> shared(expected.begin(), expected.begin() + step);
    const auto logits = plain_.engine->forced_logits(requests[index].input_ids,
                                                     requests[index].pixel_values, shared)[step];
    const auto place = static_cast<size_t>(step);
    return {.step = step,
            .given_up = (logits[expected[place]] - logits[answer[place]]).item<double>(),
            .largest = logits.abs().max().item<double>()};
  }

 private:
  struct Known {
    std::vector<model::EngineRequest> requests{};
    std::vector<Answer> answers{};
  };

  const Known& known(const Shape& shape, int count) {
    auto& known = known_[{shape.num_tiles, shape.num_text_tokens}];
    if (known.answers.size() >= static_cast<size_t>(count)) return known;
    const auto pictures = pictures_for(plain_, shape.num_tiles, kNumLatencyPictures);
    known.requests = requests_for(plain_, shape, options_.new_tokens, count, pictures);
    for (size_t i = known.answers.size(); i < known.requests.size(); ++i) {
      known.answers.push_back(ask_alone(plain_, known.requests[i]).generations[0].token_ids);
    }
    return known;
  }

  const Contender& plain_;
  const LatencyOptions& options_;
  std::map<std::pair<int64_t, int64_t>, Known> known_{};  // by tiles and text
};

bool must_be_plain(const model::Engine& engine) {
  return engine.options().is_deterministic && engine.passes() == "plain passes";
}

double explained_by_rounding(const Parting& parting, at::ScalarType dtype) {
  return parting.largest / (dtype == at::kBFloat16 ? 16 : 1024);
}

std::string place_of(const Contender& contender, const LatencyRow& row) {
  return fmt::format("{}, {}, {} tiles, {} at once", contender.name, contender.mode,
                     row.shape.num_tiles, row.concurrency);
}

}  // namespace

model::EngineOptions plain_options(at::Device device, at::ScalarType dtype) {
  return {.device = device,
          .dtype = dtype,
          .is_deterministic = true,
          .passes = model::PassKind::kPlain};
}

void compare_with_plain(const Contender& plain, const LatencyOptions& options,
                        const std::vector<Contender>& contenders, std::vector<LatencyRow>& rows) {
  PlainRun run(plain, options);
  for (auto& row : rows) {
    const auto& contender = contenders[row.contender];
    if (contender.name != plain.name) continue;
    const auto& expected = run.answers(row.shape, row.concurrency);
    row.num_as_plain = options.new_tokens;
    for (size_t i = 0; i < row.answers.size(); ++i) {
      if (row.answers[i] == expected[i]) continue;
      if (must_be_plain(*contender.engine)) {
        model::fail<std::runtime_error>(place_of(contender, row), ": the answer to request ", i,
                                        " is not that of a plain run");
      }
      const auto parting = run.parting(row.shape, i, row.answers[i]);
      row.num_as_plain = std::min(row.num_as_plain, parting.step);
      row.most_given_up = std::max(row.most_given_up, parting.given_up);
      if (parting.given_up <= explained_by_rounding(parting, contender.engine->options().dtype)) {
        continue;
      }
      model::fail<std::runtime_error>(place_of(contender, row), ": token ", parting.step,
                                      " of the answer to request ", i,
                                      " is wrong: a plain run's own is ahead by ", parting.given_up,
                                      ", and its largest logit is ", parting.largest);
    }
  }
}

}  // namespace mono::bench
