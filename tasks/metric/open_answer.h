#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Open questions of MMMU. Yue et al. 2023, arXiv:2311.16502.
/// Rule: OpenGVLab/InternVL@2410d1d internvl_chat/eval/mmmu/eval_utils.py, parse_open_response,
/// normalize_str, eval_open; the same in MMMU-Benchmark/MMMU@bb0b95a mmmu/utils/eval_utils.py.
namespace mono::tasks {

/// A number, rounded to two decimals, or a lower-cased text.
using OpenValue = std::variant<double, std::string>;

/// What a text stands for: a number where it is one; two values for a single character, which
/// gets a blank before or behind it.
std::vector<OpenValue> open_values(std::string_view text);

/// The candidates in a response: what follows phrases like `answer ` in each line, and every
/// number in that. Each value once.
std::vector<OpenValue> parse_open_answer(std::string_view response);

/// Whether a candidate text holds an accepted text, or a candidate number equals an accepted one.
bool matches_open_answer(std::span<const OpenValue> candidates,
                         std::span<const std::string> accepted);

}  // namespace mono::tasks
