#pragma once

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/adapter.h"
#include "model/engine.h"
#include "model/weights/safetensors.h"
#include "model/weights/tensors.h"
#include "tests/golden_files.h"
#include "tests/tensor_compare.h"

/// What the golden folder `model` holds, and how near a run must come to it (its README).
namespace mono::tests {

using Tensors = std::map<std::string, at::Tensor>;

inline at::Device golden_device() {
  return at::Device(golden_device_name());
}

/// One way to run the engine.
struct Arithmetic {
  std::string name{};
  at::ScalarType dtype = at::kFloat;
  kernels::AttentionKind attention = kernels::AttentionKind::kFused;
  bool is_deterministic = true;
  model::PassKind passes = model::PassKind::kByDevice;
  kernels::Rounding rounding = kernels::Rounding::kParity;

  bool is_bf16() const { return dtype == at::kBFloat16; }
  std::string suffix() const { return is_bf16() ? "_bf16" : ""; }
  Limits stage_limits() const { return {.relative = is_bf16() ? 3e-2 : 1e-5}; }
  Limits logits_limits() const {
    if (is_bf16()) return {.relative = 3.5e-2, .absolute = 0.5, .row_cosine = 0.999};
    return {.relative = 1e-5, .absolute = 1e-4};
  }
  /// Steps whose margin is smaller may choose another token.
  double least_margin() const { return is_bf16() ? 0.25 : 0; }
};

/// The ways that differ on the device: on a GPU passes are fused anyway.
inline std::vector<Arithmetic> arithmetics() {
  std::vector<Arithmetic> all = {
      {"fp32.fused", at::kFloat, kernels::AttentionKind::kFused, true},
      {"fp32.eager", at::kFloat, kernels::AttentionKind::kEager, false},
      {"bf16.fused", at::kBFloat16, kernels::AttentionKind::kFused, true},
      {"bf16.eager", at::kBFloat16, kernels::AttentionKind::kEager, false},
      {"fp32.fused_passes", at::kFloat, kernels::AttentionKind::kFused, true,
       model::PassKind::kFused},
      {"bf16.fused_passes", at::kBFloat16, kernels::AttentionKind::kFused, true,
       model::PassKind::kFused},
      {"bf16.fused_passes.free", at::kBFloat16, kernels::AttentionKind::kFused, false,
       model::PassKind::kFused},
      {"bf16.fast", at::kBFloat16, kernels::AttentionKind::kFused, true, model::PassKind::kFused,
       kernels::Rounding::kFast}};
  if (golden_device().is_cuda()) {
    std::erase_if(all, [](const Arithmetic& way) {
      return way.passes == model::PassKind::kFused && way.is_deterministic &&
             way.rounding == kernels::Rounding::kParity;
    });
  }
  return all;
}

inline Tensors read_tensors(const std::filesystem::path& path) {
  Tensors tensors;
  for (const auto& [name, stored] : model::read_safetensors(path)) {
    tensors.emplace(name, model::tensor_over(stored));
  }
  return tensors;
}

inline std::string without_suffix(const std::string& name) {
  return name.ends_with("_bf16") ? name.substr(0, name.size() - 5) : name;
}

/// Where the reference's own bf16 run is further from its fp32 run than the README allows (the
/// pipeline case: 3.2e-2), a bf16 run of ours may be as far, and this much more.
inline constexpr double kSlackOfOwnRounding = 1.1;

/// Loosens limits that the reference's own bf16 run would not keep against its fp32 run.
inline void allow_own_rounding(const at::Tensor& rounded, const at::Tensor& exact, Limits& limits) {
  const double relative = relative_difference(rounded, exact);
  limits.relative = std::max(limits.relative, kSlackOfOwnRounding * relative);
  if (limits.row_cosine == 0) return;
  const double away = 1 - least_row_cosine(rounded, exact);
  limits.row_cosine = std::min(limits.row_cosine, 1 - kSlackOfOwnRounding * away);
}

/// Which rows of a bf16 run are further from the reference's bf16 run than `least_cosine` and also
/// further from its fp32 run than that one is (by kSlackOfOwnRounding). On a GPU, where nothing is
/// rounded where the reference rounds it, a row may lie on the other side of the exact one.
inline at::Tensor rows_beyond(const at::Tensor& actual, const at::Tensor& rounded,
                              const at::Tensor& exact, double least_cosine) {
  const auto cosine = [](const at::Tensor& a, const at::Tensor& b) {
    const auto rows_of = [](const at::Tensor& tensor) {
      return tensor.cpu().to(at::kDouble).reshape({-1, tensor.size(-1)});
    };
    return at::cosine_similarity(rows_of(a), rows_of(b), 1);
  };
  const auto away = [&](const at::Tensor& a) { return cosine(a, exact).clamp(-1, 1).acos(); };
  const auto is_near = cosine(actual, rounded) >= least_cosine;
  const auto is_as_exact = away(actual) <= kSlackOfOwnRounding * away(rounded);
  return is_near.logical_or(is_as_exact).logical_not().nonzero().flatten();
}

/// A tensor a case cannot do without.
inline const at::Tensor& need(const Tensors& tensors, const std::string& name) {
  const auto found = tensors.find(name);
  if (found == tensors.end()) model::fail("the case holds no ", name);
  return found->second;
}

inline std::vector<int64_t> ids_of(const at::Tensor& tensor) {
  const auto ids = tensor.to(at::kLong).contiguous();
  const auto* const data = ids.const_data_ptr<int64_t>();
  return {data, data + ids.numel()};
}

/// Keeps every stage of a run, on the CPU.
struct Recorder {
  Tensors stages{};
  std::vector<at::Tensor> steps{};

  model::TraceSink sink() {
    return [this](std::string_view stage, const at::Tensor& value) {
      if (stage == "logits_steps") {
        steps.push_back(value.cpu().clone());
      } else {
        stages.insert_or_assign(std::string(stage), value.cpu().clone());
      }
    };
  }
};

/// Fed the golden ids, each step chooses the golden id, but for steps with a small margin.
inline void expect_choices(const at::Tensor& logits_steps, const at::Tensor& expected_ids,
                           const at::Tensor& margin, const Arithmetic& arithmetic) {
  ASSERT_EQ(margin.sizes(), expected_ids.sizes()) << "margin";
  const auto expected = ids_of(expected_ids);
  const auto chosen = ids_of(logits_steps.argmax(-1));
  for (size_t k = 0; k < expected.size(); ++k) {
    if (margin[static_cast<int64_t>(k)].item<double>() < arithmetic.least_margin()) continue;
    ASSERT_EQ(chosen[k], expected[k]) << "greedy id of step " << k << ", fed the golden ids";
  }
}

/// Cases whose first margin is so small that no id of their answer was compared.
inline std::vector<std::string>& open_answers() {
  static std::vector<std::string> names;
  return names;
}

inline void add_open_answer() {
  const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  if (open_answers().empty() || open_answers().back() != name) open_answers().push_back(name);
}

/// The last case of a test that compares answers: a visible skip where some were left open.
inline void check_open_answers() {
  std::string names;
  for (const auto& name : open_answers()) names.append("\n  ").append(name);
  if (!names.empty()) {
    GTEST_SKIP() << "free-running ids not compared, the first margin is too small:" << names;
  }
}

/// Left to itself, the model says the golden ids, up to the first step with a small margin.
inline void expect_same_answer(const std::vector<int64_t>& actual, const at::Tensor& expected_ids,
                               const at::Tensor& margin, const Arithmetic& arithmetic) {
  const auto expected = ids_of(expected_ids);
  for (size_t k = 0; k < expected.size(); ++k) {
    if (margin[static_cast<int64_t>(k)].item<double>() < arithmetic.least_margin()) {
      if (k == 0) add_open_answer();
      return;
    }
    ASSERT_LT(k, actual.size()) << "the answer ends at step " << k;
    ASSERT_EQ(actual[k], expected[k]) << "greedy id of step " << k << ", free-running";
  }
  EXPECT_EQ(actual.size(), expected.size()) << "length of the answer";
}

}  // namespace mono::tests
