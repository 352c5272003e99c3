#include "kernels/expert_routing.h"

#include <ATen/ATen.h>

#include <vector>

namespace mono::kernels {
namespace {

RowSet row_set(const std::vector<int64_t>& rows, at::Device device) {
  RowSet set{.count = static_cast<int64_t>(rows.size())};
  if (rows.empty()) return set;
  set.begin = rows.front();
  set.end = rows.back() + 1;
  if (set.end - set.begin != set.count) {
    set.indices = at::tensor(rows, at::TensorOptions(at::kLong)).to(device, /*non_blocking=*/true);
  }
  return set;
}

RoutedOrder routed_order(const std::vector<int64_t>& text, const std::vector<int64_t>& visual,
                         at::Device device) {
  const auto num_rows = static_cast<int64_t>(text.size() + visual.size());
  const auto maps = at::full({4, num_rows}, -1, at::kInt);
  auto rows = maps.accessor<int32_t, 2>();
  int32_t place = 0;
  for (const bool is_visual : {true, false}) {
    for (const int64_t row : is_visual ? visual : text) {
      rows[0][row] = place;
      rows[1][place] = static_cast<int32_t>(row);
      rows[is_visual ? 3 : 2][row] = place;
      ++place;
    }
  }
  const auto there = maps.to(device, /*non_blocking=*/true);
  return {.place = there[0], .source = there[1], .text = there[2], .visual = there[3]};
}

at::Tensor gather(const at::Tensor& x, const RowSet& rows) {
  return rows.indices.defined() ? x.index_select(0, rows.indices)
                                : x.slice(0, rows.begin, rows.end);
}

void scatter(at::Tensor& y, const RowSet& rows, const at::Tensor& values) {
  if (rows.indices.defined()) {
    y.index_copy_(0, rows.indices, values);
  } else {
    y.slice(0, rows.begin, rows.end).copy_(values);
  }
}

}  // namespace

ExpertRouting route_by_token_id(std::span<const int64_t> input_ids, int64_t image_context_id,
                                at::Device device) {
  std::vector<int64_t> text;
  std::vector<int64_t> visual;
  for (size_t i = 0; i < input_ids.size(); ++i) {
    (input_ids[i] == image_context_id ? visual : text).push_back(static_cast<int64_t>(i));
  }
  ExpertRouting routing{.text = row_set(text, device), .visual = row_set(visual, device)};
  if (!text.empty() && !visual.empty()) routing.order = routed_order(text, visual, device);
  return routing;
}

at::Tensor apply_experts(const at::Tensor& x, const ExpertRouting& routing, const Expert& text,
                         const Expert& visual) {
  TORCH_CHECK(x.dim() == 2 && x.size(0) == routing.text.count + routing.visual.count,
              "apply_experts: x must be [", routing.text.count + routing.visual.count,
              ", in_features], got ", x.sizes());
  if (routing.visual.count == 0) return text(x);
  if (routing.text.count == 0) return visual(x);

  const auto of_text = text(gather(x, routing.text));
  const auto of_visual = visual(gather(x, routing.visual));
  auto y = at::empty({x.size(0), of_text.size(1)}, of_text.options());
  scatter(y, routing.text, of_text);
  scatter(y, routing.visual, of_visual);
  return y;
}

}  // namespace mono::kernels
