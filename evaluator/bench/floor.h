#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <memory>
#include <vector>

#include "evaluator/bench/workload.h"

namespace mono::bench {

/// What this machine can do at this moment.
struct Ceilings {
  double bytes_per_second = 0;  // CPU: reading huge pages; GPU: a copy, bytes read and written
  double flops_per_second = 0;  // of a large matrix product in the dtype
};

Ceilings mean_of(const Ceilings& one, const Ceilings& other);

/// Of each by itself. \throws SetupError if there is none.
Ceilings median_of(const std::vector<Ceilings>& ceilings);

/// The least seconds a machine of these ceilings needs.
double floor_seconds(const Work& work, const Ceilings& ceilings);

/// Measures the ceilings again and again on the same buffers, in turn with what is compared. On the
/// CPU they are means over about the time that a token takes: a shared host lends more bandwidth to
/// a burst than to anything that lasts.
class CeilingProbe {
 public:
  CeilingProbe(at::Device device, at::ScalarType dtype);
  ~CeilingProbe();

  Ceilings measure() const;

 private:
  Ceilings measure_cpu() const;
  Ceilings measure_gpu() const;

  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace mono::bench
