// Which steps of a DecodeBatch are started when, and whose results they are.
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "kernels/out_of_memory.h"
#include "model/decoder/decode_batch.h"
#include "model/decoder/decode_numbers.h"

namespace mono::model {

std::vector<NextChoice> DecodeBatch::step(std::span<const NextToken> tokens, at::Tensor* logits) {
  const c10::InferenceMode no_gradients;
  const auto most_rows = static_cast<size_t>(most_rows_);
  std::vector<NextChoice> choices;
  std::vector<at::Tensor> parts;
  for (size_t begin = 0; begin < tokens.size(); begin += most_rows) {
    const auto some = tokens.subspan(begin, std::min(most_rows, tokens.size() - begin));
    const auto chosen = step_some(some, logits == nullptr ? nullptr : &parts.emplace_back(),
                                  /*may_start_ahead=*/tokens.size() <= most_rows);
    choices.insert(choices.end(), chosen.begin(), chosen.end());
  }
  if (logits != nullptr) *logits = parts.size() == 1 ? parts.front() : at::cat(parts);
  for (const auto& token : tokens) ++slots_.at(static_cast<size_t>(token.slot)).length;
  return choices;
}

std::vector<NextChoice> DecodeBatch::step_some(std::span<const NextToken> tokens,
                                               at::Tensor* logits, bool may_start_ahead) {
  kernels::HostTwin* numbers = nullptr;
  auto rows = logits == nullptr ? rows_ahead(tokens) : std::nullopt;
  if (rows) {
    numbers = ahead_->numbers;
    ahead_.reset();
  } else {
    drop_ahead();
    numbers = &start(tokens);
    rows.emplace(tokens.size());
    std::iota(rows->begin(), rows->end(), 0);
  }
  if (logits != nullptr) {
    *logits = logits_of(static_cast<int64_t>(tokens.size()));
  } else if (may_start_ahead) {
    start_behind(tokens, *rows);
  }

  const auto results = numbers->values().accessor<int32_t, 2>();  // waits for the device
  std::vector<NextChoice> choices;
  choices.reserve(tokens.size());
  for (const int64_t row : *rows) {
    choices.push_back(
        {.token_id = results[kChosen][row], .is_number = results[kStatus][row] != kRowHasNoNumber});
  }
  if (ahead_) {
    for (auto& row : ahead_->rows) row.token_id = choices[row.token].token_id;
  }
  return choices;
}

/// The rows that read the tokens in the step started ahead; nothing unless it serves them all.
/// Where a row's values depend on how many there are, it must be as many as without it.
std::optional<std::vector<int64_t>> DecodeBatch::rows_ahead(
    std::span<const NextToken> tokens) const {
  if (!ahead_) return std::nullopt;
  const auto& started = ahead_->rows;
  const bool is_free = decoder_.options().row_plan == kernels::RowPlan::kFree;
  if (is_free && decode_rows(static_cast<int64_t>(tokens.size())) !=
                     decode_rows(static_cast<int64_t>(started.size()))) {
    return std::nullopt;
  }
  std::vector<int64_t> rows;
  rows.reserve(tokens.size());
  for (const auto& token : tokens) {
    const auto found = std::find_if(started.begin(), started.end(), [&](const Row& row) {
      return row.slot == token.slot && row.token_id == token.token_id;
    });
    if (token.is_visual || found == started.end()) return std::nullopt;
    rows.push_back(found - started.begin());
  }
  return rows;
}

/// What a step behind this one would read; nothing where it is better not started.
/// \param rows  in which rows of this step the tokens are
std::vector<DecodeBatch::Row> DecodeBatch::rows_behind(std::span<const NextToken> tokens,
                                                       std::span<const int64_t> rows) const {
  std::vector<Row> behind;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].outlook == Outlook::kUnknown) return {};
    if (tokens[i].outlook == Outlook::kEnds) continue;
    const auto& slot = slots_.at(static_cast<size_t>(tokens[i].slot));
    const int64_t position = slot.length + 1;  // this step's token is not counted yet
    if (position >= capacity_ || !slot.rotary->is_in_first_table(position + 1)) return {};
    behind.push_back({.slot = tokens[i].slot,
                      .position = position,
                      .token_id = kUnread,
                      .source = rows[i],
                      .token = i});
  }
  return behind;
}

void DecodeBatch::start_behind(std::span<const NextToken> tokens, std::span<const int64_t> rows) {
  if (!starts_ahead_) return;
  auto behind = rows_behind(tokens, rows);
  if (behind.empty()) return;
  kernels::HostTwin* numbers = nullptr;
  if (!kernels::fits_memory([&] { numbers = start_ahead(behind); }) || numbers == nullptr) return;
  ahead_ = {.rows = std::move(behind), .numbers = numbers};
  ++ahead_counts_.num_started;
}

void DecodeBatch::drop_ahead() {
  if (ahead_) ++ahead_counts_.num_dropped;
  ahead_.reset();
}

}  // namespace mono::model
