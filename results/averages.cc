#include "results/averages.h"

#include <cmath>

namespace mono::results {

namespace {

constexpr AveragedRow kGeneral9[] = {
    {.task = "mmvet", .title = "MM-Vet"},
    {.task = "mmmu", .title = "MMMU val"},
    {.task = "mme", .title = "MME", .divisor = 28},
    {.task = "mmbench_en", .title = "MMBench-EN test"},
    {.task = "mathvista", .title = "MathVista testmini"},
    {.task = "seed_image", .title = "SEED image"},
    {.task = "ocrbench", .title = "OCRBench", .divisor = 10},
    {.task = "hallusionbench", .title = "HallusionBench"},
    {.task = "ccbench", .title = "CCBench dev"},
};

constexpr AveragedRow kVqa7[] = {
    {.task = "textvqa", .title = "TextVQA val"},  {.task = "scienceqa", .title = "SQA-I test"},
    {.task = "gqa", .title = "GQA test-dev"},     {.task = "docvqa", .title = "DocVQA test"},
    {.task = "ai2d", .title = "AI2D test"},       {.task = "chartqa", .title = "ChartQA test"},
    {.task = "infovqa", .title = "InfoVQA test"},
};

constexpr std::string_view kGroups[] = {"mono16", "general9", "vqa7"};

}  // namespace

std::span<const AveragedRow> general9() {
  return kGeneral9;
}

std::span<const AveragedRow> vqa7() {
  return kVqa7;
}

std::span<const std::string_view> group_names() {
  return kGroups;
}

std::vector<std::string_view> tasks_of_group(std::string_view name) {
  std::vector<std::string_view> tasks;
  const auto add = [&](std::span<const AveragedRow> rows) {
    for (const auto& row : rows) tasks.push_back(row.task);
  };
  if (name == "mono16" || name == "general9") add(kGeneral9);
  if (name == "mono16" || name == "vqa7") add(kVqa7);
  return tasks;
}

std::optional<Average> average(std::span<const AveragedRow> rows, const ValueOf& value_of,
                               MissingRows missing) {
  double sum = 0;
  Average result;
  for (const auto& row : rows) {
    const auto value = value_of(row.task);
    if (!value || !std::isfinite(*value)) continue;
    sum += *value / row.divisor;
    ++result.num_rows;
  }
  const auto most_missing = missing == MissingRows::kAsPublished ? 1 : 0;
  if (result.num_rows == 0 || static_cast<int>(rows.size()) - result.num_rows > most_missing) {
    return std::nullopt;
  }
  result.value = sum / result.num_rows;
  return result;
}

}  // namespace mono::results
