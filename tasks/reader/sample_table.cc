#include "tasks/reader/sample_table.h"

#include <unordered_map>

#include "tasks/pipeline/answers.h"
#include "tasks/reader/column_types.h"
#include "tasks/reader/layouts.h"
#include "tasks/reader/samples.h"
#include "tasks/text/python_number.h"
#include "tasks/text/utf8.h"

namespace mono::tasks {
namespace {

bool is_option_column(const std::string& name) {
  return name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z';
}

bool is_text_column(const std::string& name) {
  return name == "question" || name == "hint" || name == "answer" || is_option_column(name);
}

/// Whether a text that is there is missing to pandas.
bool is_swallowed(std::string_view text) {
  return !text.empty() && is_missing_text(text);
}

}  // namespace

ReadRules read_rules(const Layout& layout, const Profile& profile) {
  const bool is_pandas =
      profile.message.pipeline == Pipeline::kVlmEvalKit || layout.internvl_reads_table;
  return {.types_texts = is_pandas && !profile.keeps_texts,
          .types_nothing = profile.keeps_texts,
          .checks_letters = layout.answers_are_letters,
          .num_options = layout.num_options,
          .needs_answer = true,
          .needs_question = layout.needs_question};
}

SampleTable::SampleTable(const ReadRules& rules, std::vector<std::string> columns,
                         std::vector<Place> places)
    : rules_(rules),
      columns_(std::move(columns)),
      places_(std::move(places)),
      samples_(places_.size()),
      targets_(places_.size()),
      answers_(rules.checks_letters ? places_.size() : 0),
      options_(rules.checks_letters ? places_.size() : 0) {
  for (const auto& name : columns_) {
    if (is_option_column(name)) option_columns_ |= option_bit(name[0]);
  }
  for (auto& sample : samples_) {
    sample.cells.reserve(columns_.size());
    for (const auto& name : columns_) sample.cells.emplace_back(name, Cell());
  }
}

void SampleTable::set(size_t row, size_t column, std::string text) {
  if (!text.empty()) set_present(row, column, std::move(text));
}

void SampleTable::set_present(size_t row, size_t column, std::string text) {
  if (!repair_utf8(text)) set_fault(row, "column '" + columns_[column] + "' is not UTF-8");
  samples_[row].cells[column].second = std::move(text);
}

/// The texts of a column, taken out of its cells.
std::vector<std::string> SampleTable::taken_column(size_t column) {
  std::vector<std::string> texts;
  texts.reserve(samples_.size());
  for (auto& sample : samples_) {
    auto* const text = std::get_if<std::string>(&sample.cells[column].second);
    texts.push_back(text == nullptr ? std::string() : std::move(*text));
  }
  return texts;
}

void SampleTable::type_column_of(size_t column) {
  note_letters(column);
  if (rules_.types_nothing) return;
  if (!rules_.types_texts && is_text_column(columns_[column])) return;
  if (columns_[column] == "answer") note_answers(column);
  auto typed = type_column(taken_column(column));
  for (size_t row = 0; row < samples_.size(); ++row) {
    samples_[row].cells[column].second = std::move(typed.cells[row]);
  }
}

/// Keeps what an answer is checked against: which options the file has, whatever pandas makes of
/// their texts.
void SampleTable::note_letters(size_t column) {
  const auto& name = columns_[column];
  const bool is_option = is_option_column(name);
  if (!rules_.checks_letters || (name != "answer" && !is_option)) return;
  for (size_t row = 0; row < samples_.size(); ++row) {
    const auto* const text = std::get_if<std::string>(&samples_[row].cells[column].second);
    if (text == nullptr) continue;
    if (is_option) options_[row] |= option_bit(name[0]);
    if (!is_option) answers_[row] = *text;
  }
}

void SampleTable::note_answers(size_t column) {
  for (size_t row = 0; row < samples_.size(); ++row) {
    const auto* const text = std::get_if<std::string>(&samples_[row].cells[column].second);
    samples_[row].has_swallowed_answer = text != nullptr && is_swallowed(*text);
  }
}

void SampleTable::set_targets(size_t row, std::vector<std::string> targets) {
  targets_[row] = std::move(targets);
}

void SampleTable::set_fault(size_t row, const std::string& why) {
  auto& fault = samples_[row].fault;
  if (fault.empty()) fault = places_[row].text() + ": " + why;
}

void SampleTable::check_letter(size_t row) {
  auto options = options_[row];
  if (rules_.is_read_back && options != 0) {
    options = with_swallowed(options, rules_.num_options) | option_columns_;
  }
  if (const auto why = letter_fault(answers_[row], options); !why.empty()) set_fault(row, why);
}

void SampleTable::check_answers() {
  std::vector<const Sample*> samples;
  samples.reserve(samples_.size());
  for (const auto& sample : samples_) samples.push_back(&sample);
  for (const size_t row : unanswered_samples(samples).lost) set_fault(row, std::string(kNoAnswer));
}

/// VLMEvalKit: text ids that are all integers become their plain form. Absent and repeated ids are
/// faults.
void SampleTable::make_ids() {
  std::vector<std::string> integers;
  for (const auto& sample : samples_) {
    if (sample.id.empty()) continue;
    auto integer = parse_int(sample.id);
    if (!integer) break;
    integers.push_back(std::move(*integer));
  }
  size_t num_present = 0;
  for (const auto& sample : samples_) num_present += sample.id.empty() ? 0 : 1;
  const bool are_integers = integers.size() == num_present;
  size_t next = 0;
  std::unordered_map<std::string, size_t> row_of_id;
  for (size_t row = 0; row < samples_.size(); ++row) {
    auto& id = samples_[row].id;
    if (id.empty()) {
      set_fault(row, "expected an id in column 'index', 'question_id' or 'id', got none");
      id = "row " + std::to_string(row + 1);
    } else if (are_integers) {
      id = integers[next++];
    }
    const auto [earlier, is_new] = row_of_id.emplace(id, row);
    if (is_new) continue;
    set_fault(row, "index '" + id + "' was used before, at " + places_[earlier->second].text());
    id += " (row " + std::to_string(row + 1) + ")";
    samples_[row].is_repeated = true;
    row_of_id.emplace(id, row);
  }
}

std::vector<Sample> SampleTable::samples() && {
  for (size_t column = 0; column < columns_.size(); ++column) type_column_of(column);
  for (size_t row = 0; row < samples_.size(); ++row) {
    auto& sample = samples_[row];
    fill_from_cells(sample);
    if (!targets_[row].empty() && !rules_.types_texts) sample.targets = std::move(targets_[row]);
    if (rules_.checks_letters) check_letter(row);
    if (rules_.needs_question && sample.question.empty()) {
      set_fault(row, "column 'question': expected a text, got a missing value");
    }
  }
  if (rules_.needs_answer) check_answers();
  make_ids();
  return std::move(samples_);
}

}  // namespace mono::tasks
