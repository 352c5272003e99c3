#pragma once

#include <algorithm>
#include <set>
#include <utility>

#include "model/model.h"
#include "tests/model_golden.h"

/// The variants of the golden folder `model`, and the check of one stage of a run.
namespace mono::tests {

using nlohmann::json;

/// One folder with a checkpoint; engines are loaded once for each arithmetic.
class Variant {
 public:
  Variant(std::filesystem::path folder, json golden)
      : folder_(std::move(folder)), golden_(std::move(golden)) {}

  const json& golden() const { return golden_; }
  int64_t image_context_id() const { return golden_.at("img_context_token_id").get<int64_t>(); }

  const json& about(const std::string& name) const { return golden_.at("cases").at(name); }

  Tensors tensors(const std::string& name) const {
    return read_tensors(folder_ / "cases" / (name + ".safetensors"));
  }

  model::EngineOptions options(const Arithmetic& arithmetic) const {
    return {.device = golden_device(),
            .dtype = arithmetic.dtype,
            .attention = arithmetic.attention,
            .is_deterministic = arithmetic.is_deterministic,
            .passes = arithmetic.passes,
            .rounding = arithmetic.rounding,
            .steps = model::StepStart::kAhead};
  }

  /// Frees them: a device's memory cannot be given back once main has returned.
  void release() { engines_.clear(); }

  const model::Engine& engine(const Arithmetic& arithmetic) {
    auto& engine = engines_[arithmetic.name];
    if (!engine) {
      engine = std::make_unique<model::Engine>(folder_, image_context_id(), options(arithmetic));
    }
    return *engine;
  }

  model::Model model(const Arithmetic& arithmetic) const {
    return {folder_, image_context_id(), options(arithmetic)};
  }

 private:
  std::filesystem::path folder_;
  json golden_;
  std::map<std::string, std::unique_ptr<model::Engine>> engines_{};
};

/// All variants of this process, whose tests live until after main.
inline std::vector<std::shared_ptr<Variant>>& variants() {
  static std::vector<std::shared_ptr<Variant>> all;
  return all;
}

inline std::shared_ptr<Variant> add_variant(const std::filesystem::path& folder,
                                            const json& golden) {
  return variants().emplace_back(std::make_shared<Variant>(folder, golden));
}

/// `run_golden` for the folder `model`, on the device MONO_DEVICE names.
/// \returns 3 if there is no such device.
inline int run_model_golden(int argc, char** argv,
                            const std::function<int(const std::filesystem::path&)>& add_cases) {
  if (golden_device().is_cuda() && !at::hasCUDA()) {
    std::printf("MONO_DEVICE is %s: no CUDA device\n", golden_device_name().c_str());
    return 3;
  }
  at::set_num_threads(1);  // as the reference ran; many small operations wait for threads otherwise
  const int code = run_golden(argc, argv, "model", add_cases, "variant with cases");
  for (const auto& variant : variants()) variant->release();
  return code;
}

inline const std::set<std::string> kFacts = {
    "input_ids",        "attention_mask",    "pixel_values",      "image_flags",
    "num_patches_list", "visual_token_mask", "greedy_ids",        "greedy_ids_bf16",
    "margin",           "margin_bf16",       "logits_steps_bf16", "logits_steps"};

/// Compares a tensor of the case with the run: a `_bf16` one with a bf16 run, the others with both.
inline void expect_stage(const std::string& name, const Tensors& expected, const Tensors& actual,
                         const Arithmetic& arithmetic) {
  if (name.ends_with("_bf16") && !arithmetic.is_bf16()) return;
  const auto stage = without_suffix(name);
  const auto found = actual.find(stage);
  ASSERT_NE(found, actual.end()) << name << ": the run has no such stage";
  auto limits = stage == "logits_prefill" ? arithmetic.logits_limits() : arithmetic.stage_limits();
  const auto rounded = expected.find(name + "_bf16");
  if (arithmetic.is_bf16() && rounded != expected.end()) {
    allow_own_rounding(rounded->second, expected.at(name), limits);
  }
  if (golden_device().is_cuda() && limits.row_cosine > 0 && name.ends_with("_bf16")) {
    const auto beyond = rows_beyond(found->second, expected.at(name), need(expected, stage),
                                    std::exchange(limits.row_cosine, 0));
    EXPECT_EQ(beyond.numel(), 0) << name << ": rows " << beyond;
  }
  expect_close(name, found->second, expected.at(name), limits);
}

inline void expect_stages(const Tensors& expected, const Tensors& actual,
                          const Arithmetic& arithmetic) {
  for (const auto& [name, tensor] : expected) {
    if (!kFacts.contains(name)) expect_stage(name, expected, actual, arithmetic);
  }
}

inline void expect_facts(const Variant& variant, const Tensors& expected) {
  const auto ids = need(expected, "input_ids");
  const auto is_visual = ids.eq(variant.image_context_id()).to(at::kLong);
  EXPECT_TRUE(at::equal(is_visual, need(expected, "visual_token_mask"))) << "visual_token_mask";
  const auto tiles = expected.find("pixel_values");
  if (tiles == expected.end()) return;
  EXPECT_EQ(tiles->second.size(0), need(expected, "num_patches_list").sum().item<int64_t>());
  EXPECT_EQ(tiles->second.size(0), need(expected, "image_flags").sum().item<int64_t>());
}

}  // namespace mono::tests
