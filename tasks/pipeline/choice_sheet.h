#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "tasks/metric/option_letter.h"
#include "tasks/pipeline/choice_columns.h"
#include "tasks/task.h"

namespace mono::tasks {

/// The multiple-choice rows of a set as VLMEvalKit's scorer sees them, without the rows that have
/// an error. With `rewrites_open_rows`, a row without an option A gets the accepted answer as A
/// and `Other Answers` as B, and an accepted answer that is no capital letter becomes `A`.
/// Rule: open-compass/VLMEvalKit@e8e78f05 vlmeval/dataset/image_mcq.py, MMMUDataset.
class ChoiceSheet {
 public:
  ChoiceSheet(std::span<const Row> rows, const Profile& profile);

  size_t size() const { return positions_.size(); }

  /// The place of the k-th row among the rows the sheet was made of.
  size_t position(size_t k) const { return positions_[k]; }

  std::string_view prediction(size_t k) { return predictions_.text(k); }
  std::string_view target(size_t k);
  std::string_view question(size_t k);

  /// Whether the row had no option A and was rewritten.
  bool is_rewritten(size_t k) const;

  /// The row's options. Valid until the next call.
  std::span<const Choice> choices(size_t k);

 private:
  std::span<const Row> rows_;
  const Profile& profile_;
  std::vector<size_t> positions_;
  SheetColumn predictions_;
  SheetColumn targets_;
  ChoiceColumns columns_;
  std::unique_ptr<SheetColumn> questions_{};  // made when the first one is asked for
  std::vector<Choice> rewritten_{};
};

}  // namespace mono::tasks
