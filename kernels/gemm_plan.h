#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>

/// Which cuBLASLt algorithm multiplies which shape: chosen once, kept in a file, pinned. Host logic
/// alone; linear_cuda.cc chooses and runs.
namespace mono::kernels {

/// The m of a plan that serves every number of rows: a row's order of additions is then its own.
inline constexpr int64_t kEveryM = 0;

/// The bucket of a product of m rows: the smallest that holds m of the powers of two up to 64, the
/// multiples of 64 up to 4096 and of 512 up to 65536; 65536 for more. As narrow as a tile: how
/// tiles fill the processors decides which algorithm is fast. \throws c10::Error for m below 1.
int64_t m_bucket(int64_t m);

enum class GemmType { kFloat32, kBfloat16 };

/// y [m, n] = x [m, k] weight [n, k]^T (+ bias [n])
struct GemmShape {
  GemmType type = GemmType::kBfloat16;
  int64_t n = 0;
  int64_t k = 0;
  int64_t m = kEveryM;  // a bucket, or kEveryM
  bool has_bias = false;
  int alignment = 16;     // bytes, of pointers and rows: 16, 8, 4 or 2
  bool is_alike = false;  // of a bucket, with the bits of the plan for every m

  bool operator<(const GemmShape& other) const {
    return std::tie(type, n, k, m, has_bias, alignment, is_alike) <
           std::tie(other.type, other.n, other.k, other.m, other.has_bias, other.alignment,
                    other.is_alike);
  }
};

/// For messages: "bfloat16 [m <= 64 | every m, 2048] x [4096, 2048]^T + bias".
std::string to_string(const GemmShape& shape);

struct GemmAlgorithm {
  std::array<uint64_t, 8> words{};  // cublasLtMatmulAlgo_t, which one cuBLASLt version may restore
  int64_t workspace_bytes = 0;
  double microseconds = 0;  // when it was chosen, at the bucket's size; 0: not measured
  int tile = 0;             // for readers: cublasLtMatmulTile_t, stages id, parts of k
  int stages = 0;
  int split_k = 1;

  bool operator==(const GemmAlgorithm&) const = default;
};

/// What a plan file is good for; nothing else may read it.
struct GemmDevice {
  std::string name{};  // as the driver gives it
  int num_sms = 0;
  int64_t cublaslt_version = 0;

  bool operator==(const GemmDevice&) const = default;
};

/// The plans of one device.
class GemmPlans {
 public:
  explicit GemmPlans(GemmDevice device);

  /// Null where the shape has none.
  const GemmAlgorithm* find(const GemmShape& shape) const;

  /// \throws c10::Error for a plan that cuts k and serves every m or is alike one that does.
  void pin(const GemmShape& shape, const GemmAlgorithm& algorithm);

  size_t size() const { return plans_.size(); }

  /// Writes all plans as JSON, through a file beside it that this process alone writes, so that no
  /// reader sees half of one.
  /// \throws c10::Error if that fails.
  void save(const std::filesystem::path& path) const;

  /// Adds the plans of a file; a shape that has a plan takes the file's.
  /// \throws c10::Error naming the file if it cannot be read, is malformed, holds a shape twice, or
  /// was written for another device or version, or holds a plan alike one that is not in it; then
  /// nothing is added.
  void load(const std::filesystem::path& path);

 private:
  GemmDevice device_;
  std::map<GemmShape, GemmAlgorithm> plans_{};
};

}  // namespace mono::kernels
