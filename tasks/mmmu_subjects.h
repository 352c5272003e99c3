#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// The subject in an id: `Art_Theory` of `validation_Art_Theory_12`; "" where there is none.
std::string_view mmmu_subject(std::string_view id);

/// The split in an id: `validation` of `validation_Art_Theory_12`; "" where there is none.
std::string_view mmmu_split(std::string_view id);

/// The MMMU id of a sample: its `id` cell, else its own id.
std::string_view mmmu_id(const Sample& sample);

/// The table InternVL's script and MMMU's own print: `Overall` over all counted rows, then six
/// disciplines (`Overall-Art and Design` ...), each followed by its subjects; shares of hits,
/// rounded to three decimals, NaN where there is no row. `accuracy` is the unrounded share.
/// Rule: OpenGVLab/InternVL@2410d1d internvl_chat/eval/mmmu/main_eval_only.py, data_utils.py.
/// \throws model::SetupError if no row counts.
std::vector<Metric> mmmu_table(std::span<const Row> rows, std::string_view task);

}  // namespace mono::tasks
