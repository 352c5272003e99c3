#include "model/native/trace_compare.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <tuple>

#include "model/adapter.h"
#include "model/joined.h"
#include "model/weights/safetensors.h"
#include "model/weights/tensors.h"

namespace mono::model {

namespace {

/// Where a stage stands in a forward pass: its group, its layer, its place within the layer.
using Rank = std::tuple<size_t, int, int, std::string>;

constexpr std::array<std::string_view, 15> kGroups = {
    "tiles",      "prompt",     "input_ids",      "pixel_values",  "vit.embeddings",
    "vit.layer.", "vit.output", "mlp1.input",     "visual_embeds", "inputs_embeds",
    "layer.",     "final_norm", "logits_prefill", "logits_steps",  "token_ids"};

Rank rank_of(const std::string& stage) {
  for (size_t group = 0; group < kGroups.size(); ++group) {
    const auto name = kGroups[group];
    if (stage == name) return {group, 0, 0, ""};
    if (!name.ends_with('.') || !stage.starts_with(name)) continue;
    int layer = 0;
    const char* const end = stage.data() + stage.size();
    const auto [rest, fault] = std::from_chars(stage.data() + name.size(), end, layer);
    if (fault != std::errc()) continue;
    const std::string part(rest, end);  // ".k", ".v" or nothing: they come before the output
    return {group, layer, part.empty() ? 1 : 0, part};
  }
  return {kGroups.size(), 0, 0, stage};
}

std::string place_of(int64_t flat, at::IntArrayRef sizes) {
  std::vector<int64_t> place(sizes.size());
  for (size_t i = sizes.size(); i-- > 0; flat /= sizes[i]) place[i] = flat % sizes[i];
  return joined(at::IntArrayRef(place));
}

double root_mean_square(const at::Tensor& values) {
  const auto finite = values.masked_select(values.isfinite());
  if (finite.numel() == 0) return 0;
  return std::sqrt(finite.square().mean().item<double>());
}

std::string shown(const at::Tensor& value, bool is_number) {
  std::ostringstream text;
  text.precision(9);
  if (is_number) {
    text << value.item<double>();
  } else {
    text << value.item<int64_t>();
  }
  return text.str();
}

/// What differs first, or nothing.
std::optional<std::string> difference(const at::Tensor& expected, const at::Tensor& actual,
                                      double tolerance) {
  if (expected.sizes() != actual.sizes()) {
    return joined("expected the shape ", expected.sizes(), ", got ", actual.sizes());
  }
  const bool is_number = expected.is_floating_point() || actual.is_floating_point();
  const auto dtype = is_number ? at::kDouble : at::kLong;
  const auto a = actual.to(dtype).flatten();
  const auto e = expected.to(dtype).flatten();
  auto is_equal = a.eq(e);  // false for NaN
  if (is_number && tolerance > 0) {
    is_equal.logical_or_((a - e).abs().le(tolerance * root_mean_square(e)));
  }
  if (is_equal.all().item<bool>()) return std::nullopt;
  const auto flat = is_equal.logical_not().nonzero()[0].item<int64_t>();
  return joined(place_of(flat, expected.sizes()), ": expected ", shown(e[flat], is_number),
                ", got ", shown(a[flat], is_number));
}

std::vector<std::string> stages_only_in(const StoredTensors& these, const StoredTensors& others) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : these) {
    if (!others.contains(name)) names.push_back(name);
  }
  return names;
}

}  // namespace

TraceComparison compare_traces(const std::filesystem::path& expected_file,
                               const std::filesystem::path& actual_file, double tolerance) {
  if (!(tolerance >= 0)) {
    fail<UsageError>("--tolerance: expected a number of at least 0, got ", tolerance);
  }
  const auto expected = read_safetensors(expected_file);
  const auto actual = read_safetensors(actual_file);
  TraceComparison comparison{.only_expected = stages_only_in(expected, actual),
                             .only_actual = stages_only_in(actual, expected)};
  std::vector<std::string> stages;
  for (const auto& [name, tensor] : expected) {
    if (actual.contains(name)) stages.push_back(name);
  }
  if (stages.empty()) {
    fail(expected_file.string(), " and ", actual_file.string(), " have no stage in common");
  }
  std::sort(stages.begin(), stages.end(),
            [](const auto& a, const auto& b) { return rank_of(a) < rank_of(b); });

  comparison.num_compared = stages.size();
  for (const auto& stage : stages) {
    const auto what =
        difference(tensor_over(expected.at(stage)), tensor_over(actual.at(stage)), tolerance);
    if (!what) {
      ++comparison.num_equal;
    } else if (!comparison.first) {
      comparison.first = {.stage = stage, .what = *what};
    }
  }
  return comparison;
}

}  // namespace mono::model
