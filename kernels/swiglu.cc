#include "kernels/swiglu.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/checks.h"
#include "kernels/row_wise.h"

namespace mono::kernels {
namespace {

void swiglu_out_op(const at::Tensor& gate, const at::Tensor& up, bool is_fast,
                   const at::Tensor& out) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::swiglu_out", "")
                             .typed<decltype(swiglu_out_op)>();
  op.call(gate, up, is_fast, out);
}

}  // namespace

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

void swiglu_out(const at::Tensor& gate, const at::Tensor& up, Rounding rounding,
                const at::Tensor& out) {
  check_rows("swiglu", "gate", gate);
  for (const auto& [name, tensor] : {std::pair{"up", up}, {"out", out}}) {
    check_rows("swiglu", name, tensor);
    check_like("swiglu", name, tensor, gate);
    TORCH_CHECK(tensor.sizes() == gate.sizes(), "swiglu: ", name, " must be ", gate.sizes(),
                " as gate, got ", tensor.sizes());
  }
  swiglu_out_op(gate, up, rounding == Rounding::kFast, out);
}

void swiglu_out(const at::Tensor& gate_up, Rounding rounding, const at::Tensor& out) {
  check_rows("swiglu", "gate_up", gate_up);
  TORCH_CHECK(gate_up.size(1) % 2 == 0, "swiglu: gate_up must be [num_rows, 2 * width], got ",
              gate_up.sizes());
  const int64_t width = gate_up.size(1) / 2;
  swiglu_out(gate_up.narrow(1, 0, width), gate_up.narrow(1, width, width), rounding, out);
}

namespace {

at::Tensor swiglu_fallback(const at::Tensor& gate, const at::Tensor& up) {
  return row_wise(gate, at::silu).mul_(up);
}

void swiglu_out_fallback(const at::Tensor& gate, const at::Tensor& up, bool is_fast,
                         const at::Tensor& out) {
  out.copy_(is_fast ? at::silu(gate.to(at::kFloat)).mul_(up) : row_wise(gate, at::silu).mul_(up));
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def("swiglu(Tensor gate, Tensor up) -> Tensor");
  m.def("swiglu_out(Tensor gate, Tensor up, bool is_fast, Tensor(a!) out) -> ()");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("swiglu", swiglu_fallback);
  m.impl("swiglu_out", swiglu_out_fallback);
}

}  // namespace mono::kernels
