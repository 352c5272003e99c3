#include "tasks/text/python_round.h"

#include <charconv>
#include <cmath>

#include "model/adapter.h"

namespace mono::tasks {

double python_round(double value, int num_decimals) {
  constexpr int kMaxDecimals = 20;
  if (num_decimals < 0 || num_decimals > kMaxDecimals) {
    model::fail("round: expected 0 to 20 decimals, got ", num_decimals);
  }
  if (!std::isfinite(value)) return value;
  char text[512];
  const auto written =
      std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, num_decimals);
  double rounded = 0;
  std::from_chars(text, written.ptr, rounded);
  return rounded;
}

}  // namespace mono::tasks
