#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tasks/profile.h"
#include "tasks/reader/answer_check.h"
#include "tasks/reader/place.h"
#include "tasks/sample.h"

namespace mono::tasks {

struct Layout;

/// How a pipeline reads the cells of a dataset, whatever file they came from.
struct ReadRules {
  /// pandas types every column: a text such as `None` is missing, `2.50` is a number. Otherwise
  /// question, hint, options and answer stay the texts they are; the rest is typed all the same.
  bool types_texts = true;
  /// All cells stay the texts they are.
  bool types_nothing = false;
  /// A row whose answer is no letter of an option it has cannot be used.
  bool checks_letters = false;
  /// pandas wrote the cells: the text of an option that it took for missing is an empty one.
  bool is_read_back = false;
  /// How many options each question has; 0 where they differ.
  int num_options = 0;
  /// A row without an accepted answer cannot be used where another of its split has one: a split
  /// that keeps its answers back has none at all.
  bool needs_answer = false;
  /// A row without a question cannot be used.
  bool needs_question = false;
  /// Rows stay in the order of their files; where a layout sorts them, its order numbers them
  /// alone.
  bool keeps_file_order = false;
};

/// The rules of a benchmark's layout under a profile.
ReadRules read_rules(const Layout& layout, const Profile& profile);

/// The rows of a dataset on their way from a file to samples. A row that cannot be used becomes a
/// sample with a fault; the others go on.
class SampleTable {
 public:
  SampleTable(const ReadRules& rules, std::vector<std::string> columns, std::vector<Place> places);

  size_t num_rows() const { return samples_.size(); }
  const Place& place(size_t row) const { return places_[row]; }

  /// \param text  An empty one, or none at all, is a missing cell. Bytes that are no UTF-8 are a
  ///               fault of the row.
  void set(size_t row, size_t column, std::string text);

  /// Likewise, but an empty text is there: an option without words in a list of options.
  void set_present(size_t row, size_t column, std::string text);

  /// Accepted answers where the file itself says what is text and what is list.
  void set_targets(size_t row, std::vector<std::string> targets);

  /// Says that a row cannot be used; the first reason stays.
  void set_fault(size_t row, const std::string& why);

  /// The samples, in order, without pictures. Ids are unique: a repeated one is a fault, and gets
  /// its place behind it.
  std::vector<Sample> samples() &&;

 private:
  std::vector<std::string> taken_column(size_t column);
  void type_column_of(size_t column);
  void note_letters(size_t column);
  void note_answers(size_t column);
  void check_letter(size_t row);
  void check_answers();
  void make_ids();

  ReadRules rules_;
  std::vector<std::string> columns_;
  std::vector<Place> places_;
  std::vector<Sample> samples_;
  std::vector<std::vector<std::string>> targets_;
  std::vector<std::string> answers_;  // as they stand in the file, where they are checked
  std::vector<OptionSet> options_;    // that the file has, whatever their texts
  OptionSet option_columns_ = 0;
};

}  // namespace mono::tasks
