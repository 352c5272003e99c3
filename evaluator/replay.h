#pragma once

#include <memory>
#include <vector>

#include "model/adapter.h"
#include "tasks/reader/predictions.h"
#include "tasks/task.h"

namespace mono::evaluator {

/// Answers with predictions made elsewhere instead of a network, by sample id.
/// \param fingerprint  SHA-256 of the file the predictions came from.
/// \throws SetupError if two predictions have one id.
std::unique_ptr<model::ModelAdapter> make_replay(const std::vector<tasks::Row>& predictions,
                                                 const std::string& file,
                                                 const std::string& fingerprint,
                                                 const std::string& registration);

}  // namespace mono::evaluator
