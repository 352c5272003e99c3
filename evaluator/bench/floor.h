#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <memory>

#include "evaluator/bench/workload.h"

namespace mono::bench {

/// What this machine can do at this moment.
struct Ceilings {
  double bytes_per_second = 0;  // reading memory
  double flops_per_second = 0;  // of a large matrix product in the dtype
};

/// The least seconds a machine of these ceilings needs.
double floor_seconds(const Work& work, const Ceilings& ceilings);

/// Measures the ceilings again and again on the same buffers, in turn with what is compared.
class CeilingProbe {
 public:
  /// \throws UsageError for a device other than the CPU: ceilings of a GPU are not measured yet.
  CeilingProbe(at::Device device, at::ScalarType dtype);
  ~CeilingProbe();

  Ceilings measure() const;

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace mono::bench
