#include "tasks/metric/mme_answer.h"

#include <array>
#include <utility>

#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

using Replacement = std::pair<std::string_view, std::string_view>;
constexpr std::array<Replacement, 4> kChineseWords = {
    {{"\n", ""}, {"不是", "No"}, {"是", "Yes"}, {"否", "No"}}};

constexpr std::array<std::string_view, 2> kPictureColumns = {"image_path", "question_id"};

/// Null where the sample's picture has no name.
const Cell* picture_cell(const Sample& sample) {
  for (const auto column : kPictureColumns) {
    const auto* const cell = sample.cell(column);
    if (cell != nullptr && !is_missing(*cell)) return cell;
  }
  return nullptr;
}

std::string without_chinese(std::string_view text) {
  std::string result;
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    const char32_t c = next_code_point(text, position);
    const bool is_chinese = c >= 0x4E00 && c <= 0x9FA5;
    if (!is_chinese) result.append(text.substr(start, position - start));
  }
  return result;
}

std::string_view first_code_points(std::string_view text, int count) {
  size_t position = 0;
  for (; count > 0 && position < text.size(); --count) next_code_point(text, position);
  return text.substr(0, position);
}

}  // namespace

std::string clean_mme_answer(std::string_view response) {
  std::string text(response);
  for (const auto& [from, to] : kChineseWords) text = replace_all(text, from, to);
  text = replace_all(lower(text), "true", "yes");
  return without_chinese(replace_all(text, "false", "no"));
}

std::string read_mme_answer(std::string_view cleaned) {
  const auto start = first_code_points(cleaned, 4);
  if (start.find("yes") != std::string_view::npos) return "yes";
  if (start.find("no") != std::string_view::npos) return "no";
  return "other";
}

Score score_mme_answer(std::string_view response, std::string_view target) {
  const auto cleaned = clean_mme_answer(response);
  Score score{.how = "first four characters", .steps = {{"cleaned", cleaned}}};
  if (cleaned.find('\t') != std::string::npos) {
    score.how = "skipped: tab in the answer";
    score.is_counted = false;
    score.state = ScoreState::kUnparsed;
    return score;
  }
  score.answer = read_mme_answer(cleaned);
  score.value = score.answer == lower(target) ? 1 : 0;
  if (score.answer == "other") score.state = ScoreState::kUnparsed;
  return score;
}

std::string picture_fault(const Sample& sample) {
  if (picture_cell(sample) != nullptr || sample.cell(kPictureColumns[0]) == nullptr) return "";
  return "column 'image_path': expected a picture's name, got a missing value";
}

bool has_lost_picture(const Row& row) {
  return !row.error.empty() && picture_cell(*row.sample) == nullptr;
}

std::string picture_name(const Sample& sample) {
  const auto* const cell = picture_cell(sample);
  return cell == nullptr ? "" : cell_text(*cell);
}

std::string picture_of(const Sample& sample) {
  if (picture_cell(sample) != nullptr) return picture_name(sample);
  model::fail("mme: sample ", sample.id, ": expected a cell 'image_path', got none");
}

}  // namespace mono::tasks
