#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "evaluator/bench/floor.h"

namespace mono::bench {

/// Where and how something was measured.
struct Setting {
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kBFloat16;
  std::string clock{};               // between which events
  std::vector<Ceilings> ceilings{};  // as they were while measuring
};

/// The `context` of google/benchmark's JSON (its v1.9 fields, without caches and frequency scaling)
/// and beside it, under names of our own, device, libraries, commit and the medians of the
/// ceilings.
nlohmann::ordered_json context_json(const Setting& setting);

}  // namespace mono::bench
