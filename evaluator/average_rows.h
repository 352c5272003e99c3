#pragma once

#include <string>
#include <vector>

#include "evaluator/report.h"
#include "results/table.h"

namespace mono::evaluator {

/// The averages below the table of a run: one row for each model and each of `general9` and `vqa7`
/// whose benchmarks were all asked. `scored` counts benchmarks that have a number; the average is a
/// dash where one has none, and where the benchmarks were asked in recipes that are neither one nor
/// those of the published table. Published averages are computed by the published rule.
///
/// \param rows  The table's row of each result.
std::vector<results::TableRow> average_rows(const std::vector<RunResult>& results,
                                            const std::vector<results::TableRow>& rows,
                                            const std::string& published_model);

}  // namespace mono::evaluator
