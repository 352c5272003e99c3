#include "kernels/row_copy_launch.h"
#include "tests/launch_checks/all.h"
#include "tests/launch_checks/launch_checks.h"

namespace mono::launch_checks {
namespace {

std::vector<char> bytes(size_t size) {
  std::mt19937 random(1);
  std::vector<char> values(size);
  for (char& value : values) value = static_cast<char>(random());
  return values;
}

bool check_case(size_t row_bytes, size_t x_distance, size_t out_distance, bool is_scatter) {
  const std::vector<int32_t> row = {4, -1, 0};
  const size_t x_rows = is_scatter ? row.size() : 5;
  const size_t out_rows = is_scatter ? 5 : row.size();
  const auto x = bytes(x_rows * x_distance);
  auto expected = std::vector<char>(out_rows * out_distance, 'p');
  const OnDevice<char> x_there(x), out_there(expected);
  const OnDevice<int32_t> row_there(row);
  kernels::launch_row_copy({.x = x_there.data(),
                            .out = out_there.data(),
                            .row = row_there.data(),
                            .x_distance = static_cast<int64_t>(x_distance),
                            .out_distance = static_cast<int64_t>(out_distance),
                            .row_bytes = static_cast<int64_t>(row_bytes),
                            .num_copied = static_cast<int64_t>(row.size()),
                            .is_scatter = is_scatter},
                           nullptr);
  for (size_t i = 0; i < row.size(); ++i) {
    if (is_scatter && row[i] < 0) continue;
    const auto mapped = static_cast<size_t>(std::max(row[i], 0));
    const char* const from = x.data() + (is_scatter ? i : mapped) * x_distance;
    char* const to = expected.data() + (is_scatter ? mapped : i) * out_distance;
    for (size_t k = 0; k < row_bytes; ++k) to[k] = row[i] < 0 ? char{0} : from[k];
  }
  return is_same("row_copy", out_there.read(), expected);
}

}  // namespace

bool check_row_copy() {
  bool is_right = true;
  for (const bool is_scatter : {true, false}) {
    is_right &= check_case(4096, 4096, 4096, is_scatter) && check_case(96, 112, 128, is_scatter) &&
                check_case(26, 26, 30, is_scatter) && check_case(8192, 8192, 8192, is_scatter);
  }
  return is_right;
}

}  // namespace mono::launch_checks
