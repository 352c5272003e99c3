#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// Of predictions with one id the first counts; the others are failed rows of their own.
void set_repeated_aside(std::vector<Row>& rows, const std::string& file);

/// Gives each of the dataset's samples its prediction; one without any, or with two, becomes a
/// failed row. A prediction's id may be the sample's or stand in its cell `id`.
/// \throws model::SetupError if a prediction has no sample.
std::vector<Row> joined(const std::vector<Row>& predictions,
                        std::span<const std::shared_ptr<const Sample>> samples,
                        const std::string& file);

}  // namespace mono::tasks
