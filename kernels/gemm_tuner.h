#pragma once

#include <c10/core/Device.h>

#include <filesystem>

/// The plans of this process's GPUs.
namespace mono::kernels {

/// Whether a shape without a plan has its proposals timed on random numbers, or takes cuBLASLt's
/// first one (default). A timing may choose otherwise in the next process, and another algorithm
/// gives other bits: tune once, keep the file, and load it wherever answers are compared. Products
/// whose bits no deterministic answer counts on (RowPlan::kFree, but for 33 to 64 rows, which share
/// the plan of kOneChunk) are always timed.
void set_gemm_tuning(bool is_on);

/// Reads and writes the plans of one GPU: pinned plans are used, new shapes are added to them.
/// \throws c10::Error if the file cannot be used (gemm_plan.h), or the device is no GPU.
void load_gemm_plans(const std::filesystem::path& path, c10::Device device);
void save_gemm_plans(const std::filesystem::path& path, c10::Device device);

/// How many there are. \throws c10::Error if the device is no GPU.
size_t num_gemm_plans(c10::Device device);

}  // namespace mono::kernels
