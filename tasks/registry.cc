#include "tasks/registry.h"

#include <algorithm>
#include <string>

#include "tasks/text/python_text.h"

namespace mono::tasks {

const Task& ai2d();
const Task& ccbench();
const Task& chartqa();
const Task& coco_caption();
const Task& docvqa();
const Task& docvqa_val();
const Task& flickr30k();
const Task& gqa();
const Task& hallusionbench();
const Task& infovqa();
const Task& infovqa_val();
const Task& mathvista();
const Task& mmbench_en();
const Task& mmbench_en_dev();
const Task& mme();
const Task& mmmu();
const Task& mmmu_dev();
const Task& mmvet();
const Task& nocaps();
const Task& ocrbench();
const Task& scienceqa();
const Task& seed_image();
const Task& textvqa();
const Task& vqav2();
const Task& vqav2_testdev();

namespace {

// A new task is one new file, one declaration above and one line here, in the report's order.
using TaskFunction = const Task& (*)();
// clang-format off
constexpr TaskFunction kTasks[] = {
    mmvet,
    mmmu,
    mmmu_dev,
    mme,
    mmbench_en,
    mmbench_en_dev,
    mathvista,
    seed_image,
    ocrbench,
    hallusionbench,
    ccbench,
    textvqa,
    scienceqa,
    gqa,
    docvqa,
    docvqa_val,
    ai2d,
    chartqa,
    infovqa,
    infovqa_val,
    coco_caption,
    flickr30k,
    nocaps,
    vqav2,
    vqav2_testdev,
};
// clang-format on

bool is_called(const Task& task, const std::string& folded_name) {
  const auto aliases = task.aliases();
  return folded_name == task.name() ||
         std::any_of(aliases.begin(), aliases.end(),
                     [&](std::string_view alias) { return lower(alias) == folded_name; });
}

}  // namespace

std::vector<const Task*> all_tasks() {
  std::vector<const Task*> tasks;
  for (const auto task : kTasks) tasks.push_back(&task());
  return tasks;
}

const Task* find_task(std::string_view name) {
  const auto folded_name = lower(name);
  for (const auto* const task : all_tasks()) {
    if (is_called(*task, folded_name)) return task;
  }
  return nullptr;
}

const Task& task_named(std::string_view name) {
  if (const auto* const task = find_task(name)) return *task;
  std::string known;
  for (const auto* const task : all_tasks()) known.append(" ").append(task->name());
  model::fail<model::UsageError>("unknown task '", name, "'; known:", known);
}

}  // namespace mono::tasks
