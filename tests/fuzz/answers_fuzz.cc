// The readers of answers and of Python's texts and numbers. The input's pieces are an answer, a
// second text, and options.

#include "tasks/metric/mmmu_letter.h"
#include "tasks/metric/open_answer.h"
#include "tasks/metric/option_letter.h"
#include "tasks/metric/substring_hit.h"
#include "tasks/metric/vqa_accuracy.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/result_sheet.h"
#include "tasks/reader/column_types.h"
#include "tasks/reader/options_in_question.h"
#include "tasks/text/list_literal.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"
#include "tasks/text/utf8.h"
#include "tests/fuzz/input.h"

using mono::fuzz::require;
using mono::tasks::Choice;

namespace {

namespace t = mono::tasks;

std::vector<Choice> choices_of(const std::vector<std::string>& pieces) {
  std::vector<Choice> choices;
  for (size_t i = 2; i < pieces.size() && choices.size() < 26; ++i) {
    choices.push_back({static_cast<char>('A' + choices.size()), pieces[i]});
  }
  return choices;
}

void read_letters(const std::string& answer, const std::vector<Choice>& choices) {
  for (const bool is_new : {false, true}) {
    const t::LetterRules rules{.only_last_four_tokens = is_new,
                               .reads_answer_is = is_new,
                               .skips_long_texts = is_new,
                               .reads_marked_letters = is_new};
    const auto reading = t::infer_option(answer, choices, rules);
    require(!reading.letter || (*reading.letter >= 'A' && *reading.letter <= 'Z'));
    t::read_internvl_letter(answer, choices, rules);
  }
  if (!choices.empty()) t::MmmuLetterParser().read(answer, choices);
}

void read_texts(const std::string& answer, const std::string& other) {
  const auto open = t::parse_open_answer(answer);
  t::matches_open_answer(open, std::vector{other});
  t::first_answer_in(answer, std::vector{other}, false);
  t::first_answer_in(answer, std::vector{other}, true);
  for (const bool is_on : {false, true}) {
    const t::VqaRules rules{
        .m4c_pre_step = is_on, .keeps_period_after_digit = !is_on, .sums_left_to_right = is_on};
    const auto normal = t::normalise_vqa(answer, rules);
    const double score = t::vqa_accuracy(normal, std::vector{normal, other}, rules);
    require(score >= 0 && score <= 1);
  }
}

/// What Python's own functions promise of one another.
void check_python(std::string text) {
  t::repair_utf8(text);
  auto again = text;
  require(t::repair_utf8(again) && again == text);
  require(t::parse_list_literal(t::list_literal({text, "x"})) ==
          std::vector{text, std::string("x")});
  require(t::strip(t::strip(text)) == t::strip(text));
  require(t::length(text) <= text.size());
  t::lower(t::upper(text));
  t::split_whitespace(text);
  if (const auto integer = t::parse_int(text)) require(t::parse_int(*integer) == integer);
  if (const auto number = t::parse_float(text); number && *number == *number) {
    require(t::parse_float(t::float_repr(*number)) == number);
  }
  if (const auto split = t::split_options(text)) {
    t::Sample sample{.question = split->question};
    for (const auto& option : split->options) {
      sample.choices.push_back({static_cast<char>('A' + sample.choices.size()), option});
    }
    require(t::with_options(sample) == text);
  }
}

/// A column that was written to a sheet and read back stays what it is on a second way, but for
/// booleans, which become numbers beside a gap.
void check_sheet(const std::vector<std::string>& texts) {
  t::type_column(texts);
  std::vector<t::CellView> views;
  views.reserve(texts.size());
  for (const auto& text : texts) views.emplace_back(std::string_view(text));
  t::SheetColumn column(views, {.is_used = true});
  std::vector<t::CellView> cells;
  for (size_t i = 0; i < column.size(); ++i) {
    if (std::holds_alternative<bool>(column[i])) return;
    cells.push_back(column[i]);
  }
  t::SheetColumn second(cells, {.is_used = true}, t::SheetColumn::Way::kBack);
  for (size_t i = 0; i < column.size(); ++i) {
    require(std::string(second.text(i)) == std::string(column.text(i)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto pieces = mono::fuzz::pieces(data, size);
  check_sheet(pieces);
  pieces.resize(std::max<size_t>(pieces.size(), 2));
  const auto choices = choices_of(pieces);
  read_letters(pieces[0], choices);
  read_texts(pieces[0], pieces[1]);
  check_python(pieces[0]);
  return 0;
}
