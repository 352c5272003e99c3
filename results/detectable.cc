#include "results/detectable.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/adapter.h"
#include "results/power_model.h"

namespace mono::results {

using model::fail;

namespace {

constexpr double kNormalFrom = 1000;  // changes that are expected

void check(const Changes& changes, double alpha) {
  if (changes.num_rows <= 0 || changes.num_clusters <= 0) fail("detectable_drop: no row");
  if (!(alpha > 0 && alpha < 1)) fail("detectable_drop: an alpha of ", alpha);
}

/// Sorted, so that another order of the rows has the same power.
std::vector<double> magnitudes_of(const Changes& changes) {
  auto magnitudes = changes.magnitudes;
  if (magnitudes.empty()) magnitudes = {1};
  std::sort(magnitudes.begin(), magnitudes.end());
  return magnitudes;
}

/// Power as a function of the drop, everything else fixed.
class PowerCurve {
 public:
  PowerCurve(const Changes& changes, double alpha, const PowerOptions& options)
      : alpha_(alpha),
        options_(options),
        magnitudes_(magnitudes_of(changes)),
        num_clusters_(changes.num_clusters),
        observed_rate_(static_cast<double>(changes.magnitudes.size()) /
                       static_cast<double>(changes.num_clusters)) {
    const auto count = static_cast<double>(magnitudes_.size());
    mean_ = std::accumulate(magnitudes_.begin(), magnitudes_.end(), 0.0) / count;
    largest_drop_ =
        mean_ * static_cast<double>(num_clusters_) / static_cast<double>(changes.num_rows);
  }

  double largest_drop() const { return largest_drop_; }

  double operator()(double drop) const {
    const double net_rate = std::min(1.0, drop / largest_drop_);  // losses less gains
    const double rate = std::max(observed_rate_, net_rate);
    const Direction direction{.num_clusters = num_clusters_,
                              .rate = rate,
                              .loss = rate > 0 ? (1 + net_rate / rate) / 2 : 0.5};
    if (rate * static_cast<double>(num_clusters_) >= kNormalFrom) {
      return normal_power(direction, magnitudes_, alpha_);
    }
    if (magnitudes_.front() == magnitudes_.back()) return exact_power(direction, alpha_);
    return simulated_power(direction, magnitudes_, alpha_, options_);
  }

 private:
  double alpha_;
  PowerOptions options_;
  std::vector<double> magnitudes_;
  int64_t num_clusters_;
  double observed_rate_;
  double mean_ = 0;
  double largest_drop_ = 0;
};

}  // namespace

double power_against(double drop, const Changes& changes, double alpha,
                     const PowerOptions& options) {
  check(changes, alpha);
  const PowerCurve power(changes, alpha, options);
  if (!(drop >= 0 && drop <= power.largest_drop() * (1 + 1e-12))) {
    fail("power_against: a drop of ", drop, " where changes make at most ", power.largest_drop());
  }
  return power(drop);
}

std::optional<double> detectable_drop(const Changes& changes, double alpha, double power,
                                      const PowerOptions& options) {
  check(changes, alpha);
  if (!(power > alpha && power < 1)) fail("detectable_drop: a power of ", power);
  const PowerCurve power_of(changes, alpha, options);
  double low = 0, high = power_of.largest_drop();
  if (power_of(high) < power) return std::nullopt;
  for (int step = 0; step < 16; ++step) {
    const double middle = (low + high) / 2;
    (power_of(middle) < power ? low : high) = middle;
  }
  return high;
}

}  // namespace mono::results
