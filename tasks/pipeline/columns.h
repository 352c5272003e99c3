#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/pipeline/result_sheet.h"
#include "tasks/task.h"

/// The columns of a run's rows as a profile's scorer sees them.
namespace mono::tasks {

/// The rules by which a row's own cells go through the sheet: not where they come from one.
SheetRules cell_sheet_rules(const Profile& profile);

/// Positions of the rows that have a response.
std::vector<size_t> answered_rows(std::span<const Row> rows);

/// The `prediction` column of those rows.
SheetColumn response_column(std::span<const Row> rows, std::span<const size_t> positions,
                            const Profile& profile);

/// A dataset column of those rows; missing where a row's table does not have it.
SheetColumn cell_column(std::span<const Row> rows, std::span<const size_t> positions,
                        std::string_view column, const Profile& profile);

/// The accepted answers in an answer cell: the elements of a list literal, else the text itself.
std::vector<std::string> accepted_answers(std::string_view cell_text);

/// The options of each of those rows, present ones only, with the texts the scorer sees.
std::vector<std::vector<Choice>> choice_columns(std::span<const Row> rows,
                                                std::span<const size_t> positions,
                                                const Profile& profile);

/// The scores that enter a metric.
/// \throws model::SetupError if there is none.
std::vector<double> counted_values(std::span<const Row> rows, std::string_view task);

/// Takes the value out of a headline number where a row of the set still waits for its judge: over
/// the others alone it would be another number.
void withhold_if_unscored(Metric& headline, std::span<const Row> rows);

}  // namespace mono::tasks
