// COCO Caption, Karpathy's test split, 5000 pictures. Chen et al. 2015, arXiv:1504.00325.
// Metric: CIDEr.

#include "tasks/caption_task.h"
#include "tasks/registry.h"

namespace mono::tasks {

const Task& coco_caption() {
  static const CaptionTask task("coco_caption", "COCO_VAL",
                                {"Caption", "coco", "coco_karpathy_test"});
  return task;
}

}  // namespace mono::tasks
