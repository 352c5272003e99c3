#pragma once

namespace mono::tasks {

/// `round(value, num_decimals)`: the decimal nearest to the exact binary value, ties to even.
/// \param num_decimals  0 to 20.
double python_round(double value, int num_decimals);

}  // namespace mono::tasks
