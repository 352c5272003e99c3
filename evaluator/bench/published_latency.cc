#include "evaluator/bench/published_latency.h"

#include <algorithm>
#include <iterator>

namespace mono::bench {
namespace {

constexpr PublishedLatency kTable[] = {{.total_tokens = 1024, .mono = 0.09, .modular = 0.24},
                                       {.total_tokens = 2048, .mono = 0.15, .modular = 0.45},
                                       {.total_tokens = 4096, .mono = 0.79, .modular = 1.93}};

}  // namespace

std::optional<PublishedLatency> published_latency(int64_t total_tokens) {
  const auto* const found =
      std::find_if(std::begin(kTable), std::end(kTable),
                   [&](const auto& row) { return row.total_tokens == total_tokens; });
  return found == std::end(kTable) ? std::nullopt : std::optional(*found);
}

}  // namespace mono::bench
