#include "kernels/swiglu.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/row_wise.h"

namespace mono::kernels {

at::Tensor swiglu(const at::Tensor& gate, const at::Tensor& up) {
  TORCH_CHECK(gate.is_floating_point(), "swiglu: gate must be a float tensor, got ",
              gate.scalar_type());
  TORCH_CHECK(gate.sizes() == up.sizes(), "swiglu: gate is ", gate.sizes(), ", up is ", up.sizes());
  TORCH_CHECK(gate.scalar_type() == up.scalar_type() && gate.device() == up.device(),
              "swiglu: gate is ", gate.scalar_type(), " on ", gate.device(), ", up is ",
              up.scalar_type(), " on ", up.device());

  static const auto op =
      c10::Dispatcher::singleton().findSchemaOrThrow("mono::swiglu", "").typed<decltype(swiglu)>();
  return op.call(gate, up);
}

namespace {

at::Tensor swiglu_fallback(const at::Tensor& gate, const at::Tensor& up) {
  return row_wise(gate, at::silu).mul_(up);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def("swiglu(Tensor gate, Tensor up) -> Tensor");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("swiglu", swiglu_fallback);
}

}  // namespace mono::kernels
