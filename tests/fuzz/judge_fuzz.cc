// Scoring of whole sets: responses, accepted answers and a judge's replies that nobody expects. The
// first two bytes choose task and profile; the pieces behind them are replies, and rows of
// response, answer, and four options.

#include <cmath>

#include "tests/fuzz/input.h"

using mono::fuzz::allow_refusal;

namespace {

namespace t = mono::tasks;

/// Replies with the pieces of the input, one after the other and again.
class PieceJudge final : public t::Judge {
 public:
  explicit PieceJudge(std::vector<std::string> replies) : replies_(std::move(replies)) {}

  bool is_present() const override { return true; }
  std::optional<t::JudgeExchange> ask(const t::JudgeCall& /*call*/) override {
    if (replies_.empty() || num_asked_ > kMaxAsked) return std::nullopt;
    return t::JudgeExchange{.reply = replies_[num_asked_++ % replies_.size()]};
  }

 private:
  static constexpr size_t kMaxAsked = 1000;
  std::vector<std::string> replies_;
  size_t num_asked_ = 0;
};

constexpr size_t kNumReplies = 4;
constexpr size_t kPiecesPerRow = 6;

std::vector<t::Row> rows_of(const std::vector<std::string>& pieces) {
  std::vector<t::Row> rows;
  for (size_t i = kNumReplies; i + kPiecesPerRow <= pieces.size(); i += kPiecesPerRow) {
    const auto id = std::to_string(rows.size());
    t::Sample sample{.id = id, .question = "q", .targets = {pieces[i + 1]}};
    sample.cells = {{"index", static_cast<int64_t>(rows.size())},
                    {"question", std::string("q")},
                    {"answer", pieces[i + 1]}};
    for (char letter = 'A'; letter < 'E'; ++letter) {
      const auto& text = pieces[i + 2 + static_cast<size_t>(letter - 'A')];
      sample.cells.emplace_back(std::string(1, letter), text);
      if (!text.empty()) sample.choices.push_back({letter, text});
    }
    rows.push_back(
        {.sample = std::make_shared<const t::Sample>(std::move(sample)), .response = pieces[i]});
  }
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  const auto [task, profile] = mono::fuzz::choose(data[0], data[1]);
  const auto pieces = mono::fuzz::pieces(data + 2, size - 2);
  if (pieces.size() < kNumReplies) return 0;
  PieceJudge judge({pieces.begin(), pieces.begin() + kNumReplies});
  auto rows = rows_of(pieces);
  allow_refusal([&, &task = task, &profile = profile] {
    t::score_rows(task, profile, rows, judge);
    for (const auto& row : rows) {
      mono::fuzz::require(!row.score || !std::isnan(row.score->value));
    }
    if (t::count_scored(rows) > 0) task.metrics(rows, profile);
  });
  return 0;
}
