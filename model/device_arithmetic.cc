#include "model/device_arithmetic.h"

#include <ATen/Context.h>

namespace mono::model {

void settle_arithmetic(at::Device device) {
  if (!device.is_cuda()) return;
  auto& context = at::globalContext();
  context.setFloat32MatmulPrecision("highest");
  context.setFloat32Precision(at::Float32Backend::CUDA, at::Float32Op::CONV,
                              at::Float32Precision::IEEE);
  context.setFloat32Precision(at::Float32Backend::CUDA, at::Float32Op::RNN,
                              at::Float32Precision::IEEE);
  context.setAllowBF16ReductionCuBLAS(false);
  context.setSDPUseCuDNN(false);
}

}  // namespace mono::model
