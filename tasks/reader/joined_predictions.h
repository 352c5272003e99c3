#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// Where a row's prediction stands, for messages: by number, or by its id where that is all there
/// is.
std::string place_of(const Row& row, const std::string& file);

/// Of predictions with one id the first counts; the others are failed rows of their own.
void set_repeated_aside(std::vector<Row>& rows, const std::string& file);

/// A prediction that cannot be used, as a failed row: under the id that its fields hold, or under
/// `name` where they hold none.
/// \param why  With its place.
Row failed_prediction(const nlohmann::json& fields, const std::string& name,
                      const std::string& why);

/// The row that `make` gives; where it throws a SetupError or an error of JSON, a failed row, as
/// `failed_prediction` makes it.
/// \param where  For errors of JSON, which name no place.
Row row_or_failed(const nlohmann::json& fields, const std::string& name, const std::string& where,
                  const std::function<Row()>& make);

/// \throws model::SetupError with the first row's reason if no row can be used.
void refuse_if_all_failed(std::span<const Row> rows);

/// Accounts for failed predictions of which nothing says whose they are: each stands behind a
/// sample without a prediction, as a reason for it, and where there are more of them than of
/// those, is a failed row of its own.
/// \param absent  Positions of the rows without a prediction, in order.
void account_for(std::vector<Row> unplaced, std::span<const size_t> absent, std::vector<Row>& rows);

/// Gives each of the dataset's samples its prediction, the first of several; the others are failed
/// rows of their own, and a sample without any is one. A prediction's id may be the sample's or
/// stand in its cell `id`.
/// \throws model::SetupError if a prediction that has not failed has no sample, or most ask other
///         questions than their samples.
std::vector<Row> joined(std::vector<Row> predictions,
                        std::span<const std::shared_ptr<const Sample>> samples,
                        const std::string& file);

}  // namespace mono::tasks
