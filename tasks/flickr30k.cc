// Flickr30k, Karpathy's test split, 1000 pictures. Young et al. 2014, doi:10.1162/tacl_a_00166.
// Metric: CIDEr.

#include "tasks/caption_task.h"
#include "tasks/registry.h"

namespace mono::tasks {

const Task& flickr30k() {
  static const CaptionTask task("flickr30k", "", {"flickr30k_test_karpathy"});
  return task;
}

}  // namespace mono::tasks
