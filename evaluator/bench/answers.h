#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/sha256.h"

namespace mono::bench {

/// Ids of the new tokens of some requests.
using Answers = std::vector<std::vector<int64_t>>;

/// SHA-256 of the ids of all answers, one behind the other; of one answer as a run log has it.
inline std::string digest_of(const Answers& answers) {
  std::vector<int64_t> ids;
  for (const auto& answer : answers) ids.insert(ids.end(), answer.begin(), answer.end());
  return model::plain_sha256(std::span<const int64_t>(ids));
}

}  // namespace mono::bench
