#pragma once

#include <cstdint>
#include <optional>

namespace mono::bench {

/// A row of the paper's comparison of speed, seconds to the first token.
struct PublishedLatency {
  static constexpr int64_t kTextTokens = 256;  // of each prompt; the rest is the picture
  static constexpr int kConcurrency = 16;
  static constexpr int kNewTokens = 120;

  int64_t total_tokens = 0;
  double mono = 0;     // Mono-InternVL-2B
  double modular = 0;  // InternVL-1.5-2B

  double modular_over_mono() const { return modular / mono; }
};

/// The row of a prompt length, if the paper has it.
///
/// Source: Luo et al. 2024, arXiv:2410.08202, table 6: one NVIDIA A100, LMDeploy's PyTorch engine.
std::optional<PublishedLatency> published_latency(int64_t total_tokens);

}  // namespace mono::bench
