#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "tests/golden_files.h"
#include "tests/golden_model_checks.h"

// Tiny checkpoints and what the reference computes on them; layout and limits in the README of the
// folder. Each case runs in each arithmetic.
namespace mono::tests {
namespace {

void register_skip(const std::string& name, const std::string& reason) {
  register_golden_case("golden_model", name, [reason] { GTEST_SKIP() << reason; });
}

void register_case(const std::shared_ptr<Variant>& variant, const std::string& prefix,
                   const std::string& name) {
  if (name.starts_with("stateful_")) {
    register_skip(prefix + name,
                  "a long-lived reference process keeps its rotary table; ours "
                  "belongs to one request");
    return;
  }
  for (const auto& arithmetic : arithmetics()) {
    register_golden_case("golden_model", prefix + name + "." + arithmetic.name,
                         [=] { check_case(*variant, name, arithmetic); });
    if (arithmetic.is_bf16() || !variant->about(name).contains("generation_extras_fp32")) continue;
    register_golden_case("golden_model", prefix + name + ".extras." + arithmetic.name,
                         [=] { check_extras(*variant, name, arithmetic); });
  }
}

/// \returns whether it has cases of this test.
bool register_variant(const std::filesystem::path& folder) {
  const auto prefix = folder.filename().string() + "/";
  if (std::filesystem::exists(folder / "prompts.json")) return false;  // golden_pipeline_test's
  const auto golden = json::parse(std::ifstream(folder / "golden.json"));
  const auto variant = add_variant(folder, golden);
  std::set<std::string> files;
  for (const auto& file : golden_files(folder / "cases", ".safetensors")) {
    files.insert(file.stem().string());
  }
  std::set<std::string> names;
  for (const auto& [name, about] : golden.at("cases").items()) names.insert(name);
  if (files != names) model::fail(prefix, "cases and golden.json name different cases");
  for (const auto& name : names) register_case(variant, prefix, name);
  return true;
}

int add_cases(const std::filesystem::path& folder) {
  int num_variants = 0;
  for (const auto& variant : golden_files(folder, "")) {
    if (!std::filesystem::is_directory(variant)) continue;
    try {
      num_variants += register_variant(variant) ? 1 : 0;
    } catch (const std::exception& cause) {
      ++num_variants;
      register_golden_case("golden_model", variant.filename().string() + "/malformed",
                           [what = std::string(cause.what())] { FAIL() << what; });
    }
  }
  if (num_variants > 0) register_golden_case("golden_model", "open answers", check_open_answers);
  return num_variants;
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_model_golden(argc, argv, mono::tests::add_cases);
}
