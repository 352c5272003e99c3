// NoCaps, validation, 4500 pictures. Agrawal et al. 2019, arXiv:1812.08658.
// Metric: CIDEr.

#include "tasks/caption_task.h"
#include "tasks/registry.h"

namespace mono::tasks {

const Task& nocaps() {
  static const CaptionTask task("nocaps", "", {"nocaps_val", "nocaps_val_4500_captions"});
  return task;
}

}  // namespace mono::tasks
