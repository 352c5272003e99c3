#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mono::results {

/// Adds "<what>: <before> -> <now>" unless that line is already there or nothing differs.
void add_difference(std::string_view what, std::string_view before, std::string_view now,
                    std::vector<std::string>& lines);

/// Adds what two sample headers say about the models: weights, kind, dtype, mode.
void add_differences(const nlohmann::ordered_json& base_header,
                     const nlohmann::ordered_json& next_header, std::vector<std::string>& lines);

/// Why times of two runs, made in these environments, cannot be compared: "made on different
/// machines: machine.cpu: A -> B"; "" where all of them are one machine.
std::string machine_difference(std::span<const nlohmann::ordered_json> base,
                               std::span<const nlohmann::ordered_json> next);

}  // namespace mono::results
