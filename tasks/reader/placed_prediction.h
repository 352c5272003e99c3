#pragma once

#include <memory>
#include <string>

#include "tasks/reader/prediction_rows.h"

namespace mono::tasks {

bool is_usable(const Prediction& prediction);

/// The row of a sample and its prediction; the sample's own fault comes first.
Row row_of(const std::shared_ptr<const Sample>& sample, const Prediction& prediction);

/// A prediction that has failed and belongs to no sample, in its category where that is known.
Row unplaced_row(const Prediction& prediction, const std::string& name);

}  // namespace mono::tasks
