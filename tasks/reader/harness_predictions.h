#pragma once

#include <nlohmann/json.hpp>

#include "tasks/reader/prediction_rows.h"

namespace mono::tasks {

/// A harness that writes a line of samples for each document.
enum class Harness { kNone, kLmEval, kLmmsEval };

/// Whose line it is, by its fields; lm-eval's holds the document.
Harness harness_of(const nlohmann::json& row);

/// The prediction of a line of that harness.
/// \throws model::SetupError or nlohmann::json::exception if it cannot be used.
Prediction harness_prediction(const nlohmann::json& row, Harness harness, const Place& place);

}  // namespace mono::tasks
