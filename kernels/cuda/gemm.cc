#include "kernels/cuda/gemm.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cstring>

namespace mono::kernels {
namespace {

constexpr uint32_t kAlignment = 16;  // what plans count on; less is a shape of its own

void must(cublasStatus_t status, const char* what) {
  TORCH_CHECK(status == CUBLAS_STATUS_SUCCESS, "linear: ", what, ": cuBLASLt status ",
              static_cast<int>(status));
}

cudaDataType_t data_type(GemmType type) {
  return type == GemmType::kFloat32 ? CUDA_R_32F : CUDA_R_16BF;
}

int64_t element_bytes(GemmType type) {
  return type == GemmType::kFloat32 ? 4 : 2;
}

// A row-major [rows, columns] as cuBLASLt sees it: column-major [columns, rows].
cublasLtMatrixLayoutOpaque_t transposed_layout(GemmType type, int64_t rows, int64_t columns,
                                               int64_t distance) {
  cublasLtMatrixLayoutOpaque_t layout{};
  must(cublasLtMatrixLayoutInit(&layout, data_type(type), static_cast<uint64_t>(columns),
                                static_cast<uint64_t>(rows), distance),
       "matrix layout");
  return layout;
}

cublasLtMatmulAlgo_t algorithm_of(const GemmAlgorithm& algorithm) {
  cublasLtMatmulAlgo_t result{};
  static_assert(sizeof(result.data) == sizeof(algorithm.words));
  std::memcpy(result.data, algorithm.words.data(), sizeof(result.data));
  return result;
}

int setting(const cublasLtMatmulAlgo_t& algorithm, cublasLtMatmulAlgoConfigAttributes_t attribute) {
  int32_t value = 0;
  size_t written = 0;
  must(cublasLtMatmulAlgoConfigGetAttribute(&algorithm, attribute, &value, sizeof(value), &written),
       "algorithm setting");
  return value;
}

GemmAlgorithm described(const cublasLtMatmulHeuristicResult_t& proposal) {
  GemmAlgorithm algorithm{
      .workspace_bytes = static_cast<int64_t>(proposal.workspaceSize),
      .tile = setting(proposal.algo, CUBLASLT_ALGO_CONFIG_TILE_ID),
      .stages = setting(proposal.algo, CUBLASLT_ALGO_CONFIG_STAGES_ID),
      .split_k = std::max(1, setting(proposal.algo, CUBLASLT_ALGO_CONFIG_SPLITK_NUM))};
  std::memcpy(algorithm.words.data(), proposal.algo.data, sizeof(proposal.algo.data));
  return algorithm;
}

cublasLtMatmulPreferenceOpaque_t preference(size_t workspace_bytes, uint32_t alignment,
                                            KCuts cuts) {
  cublasLtMatmulPreferenceOpaque_t result{};
  must(cublasLtMatmulPreferenceInit(&result), "preference");
  const auto set = [&](cublasLtMatmulPreferenceAttributes_t attribute, const auto& value) {
    must(cublasLtMatmulPreferenceSetAttribute(&result, attribute, &value, sizeof(value)),
         "preference");
  };
  set(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, uint64_t{workspace_bytes});
  for (const auto attribute :
       {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
        CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES}) {
    set(attribute, alignment);
  }
  if (cuts == KCuts::kNone) {
    set(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, uint32_t{CUBLASLT_REDUCTION_SCHEME_NONE});
  }
  return result;
}

}  // namespace

int GemmOperands::alignment() const {
  const auto element = element_bytes(type);
  uint64_t bits = kAlignment;
  for (const void* pointer : {x, weight, bias, static_cast<const void*>(y)}) {
    bits |= reinterpret_cast<uintptr_t>(pointer);
  }
  for (const int64_t distance : {x_distance, weight_distance, y_distance}) {
    bits |= static_cast<uint64_t>(distance * element);
  }
  return static_cast<int>(bits & (~bits + 1));  // the lowest bit
}

GemmDescription::GemmDescription(const GemmOperands& operands) : operands_(operands) {
  const auto& o = operands;
  must(cublasLtMatmulDescInit(&product_, CUBLAS_COMPUTE_32F, CUDA_R_32F), "description");
  const auto set = [&](cublasLtMatmulDescAttributes_t attribute, const auto& value) {
    must(cublasLtMatmulDescSetAttribute(&product_, attribute, static_cast<const void*>(&value),
                                        sizeof(value)),
         "description");
  };
  set(CUBLASLT_MATMUL_DESC_TRANSA, CUBLAS_OP_T);
  if (o.bias != nullptr) {
    set(CUBLASLT_MATMUL_DESC_EPILOGUE, CUBLASLT_EPILOGUE_BIAS);
    set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, o.bias);
  }
  weight_ = transposed_layout(o.type, o.n, o.k, o.weight_distance);
  x_ = transposed_layout(o.type, o.m, o.k, o.x_distance);
  y_ = transposed_layout(o.type, o.m, o.n, o.y_distance);
}

bool GemmDescription::serves(cublasLtHandle_t handle, const cublasLtMatmulAlgo_t& algorithm,
                             int64_t m) const {
  auto product = product_;
  auto weight = weight_;
  auto x = transposed_layout(operands_.type, m, operands_.k, operands_.x_distance);
  auto y = transposed_layout(operands_.type, m, operands_.n, operands_.y_distance);
  cublasLtMatmulHeuristicResult_t result{};
  return cublasLtMatmulAlgoCheck(handle, &product, &weight, &x, &y, &y, &algorithm, &result) ==
         CUBLAS_STATUS_SUCCESS;
}

std::vector<GemmAlgorithm> GemmDescription::proposals(cublasLtHandle_t handle,
                                                      size_t workspace_bytes,
                                                      const GemmShape& shape, KCuts cuts,
                                                      int most) {
  const bool is_for_every_m = shape.m == kEveryM;
  auto wanted = preference(workspace_bytes, static_cast<uint32_t>(shape.alignment), cuts);
  std::vector<cublasLtMatmulHeuristicResult_t> results(static_cast<size_t>(most));
  int count = 0;
  must(cublasLtMatmulAlgoGetHeuristic(handle, &product_, &weight_, &x_, &y_, &y_, &wanted, most,
                                      results.data(), &count),
       "proposals");
  std::vector<GemmAlgorithm> algorithms;
  for (int i = 0; i < count; ++i) {
    const auto& result = results[static_cast<size_t>(i)];
    if (result.state != CUBLAS_STATUS_SUCCESS) continue;
    const auto algorithm = described(result);
    bool is_wanted = cuts == KCuts::kAny || algorithm.split_k == 1;
    for (const int64_t m : {1, 64, 1024, 16384}) {
      if (is_for_every_m) is_wanted = is_wanted && serves(handle, result.algo, m);
    }
    if (is_wanted) algorithms.push_back(algorithm);
  }
  return algorithms;
}

bool GemmDescription::run(cublasLtHandle_t handle, const GemmAlgorithm& algorithm, void* workspace,
                          size_t workspace_bytes, cudaStream_t stream) {
  const float one = 1;
  const float zero = 0;
  const auto chosen = algorithm_of(algorithm);
  return cublasLtMatmul(handle, &product_, &one, operands_.weight, &weight_, operands_.x, &x_,
                        &zero, operands_.y, &y_, operands_.y, &y_, &chosen, workspace,
                        workspace_bytes, stream) == CUBLAS_STATUS_SUCCESS;
}

}  // namespace mono::kernels
