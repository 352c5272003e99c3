#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mono::model {

/// Name and value, in the order of a report.
using Facts = std::vector<std::pair<std::string, std::string>>;

/// Versions of the numeric libraries this program was built with: LibTorch, CUDA, compiler.
Facts library_versions();

/// What computes: name, memory and peak clocks of a CUDA device, its driver and runtime; for "cpu"
/// only that it is one.
/// \param device  "cpu", "cuda", "cuda:1".
/// \throws SetupError if a CUDA device is named that is not there.
Facts device_facts(const std::string& device);

}  // namespace mono::model
