#include "model/gemm_plan_file.h"

#include <c10/util/Exception.h>

#include <utility>

#include "kernels/gemm_tuner.h"
#include "model/adapter.h"

namespace mono::model {

GemmPlanFile::GemmPlanFile(std::filesystem::path path, c10::Device device)
    : path_(std::move(path)), device_(device) {
  if (!device_.is_cuda()) {
    fail<UsageError>("--gemm-plans: the CPU's products have no plans, expected --device cuda");
  }
  if (!std::filesystem::exists(path_)) return;
  try {
    kernels::load_gemm_plans(path_, device_);
    num_saved_ = kernels::num_gemm_plans(device_);
  } catch (const c10::Error& error) {
    fail(error.what_without_backtrace());
  }
}

void GemmPlanFile::save() {
  try {
    const size_t count = kernels::num_gemm_plans(device_);
    if (count == num_saved_) return;
    kernels::save_gemm_plans(path_, device_);
    num_saved_ = count;
  } catch (const c10::Error& error) {
    fail(error.what_without_backtrace());
  }
}

}  // namespace mono::model
