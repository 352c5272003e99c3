#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "tests/tiny_config.h"

namespace mono::tests {

/// Sequences of `max_length` tokens before the rotation changes.
inline nlohmann::json tiny_config_for(int64_t max_length) {
  auto config = tiny_config();
  config["llm_config"]["max_position_embeddings"] = max_length;
  return config;
}

}  // namespace mono::tests
