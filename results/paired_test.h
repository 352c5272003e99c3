#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mono::results {

/// How a p-value was found.
enum class TestMethod {
  kExactMcNemar,        // 0/1 scores, each row on its own
  kExactPermutation,    // all 2^m sign patterns
  kSampledPermutation,  // random sign patterns, of a fixed seed
  kNormalPermutation,   // the normal limit of the sign patterns, where there are very many
};
std::string_view name_of(TestMethod method);

/// How probable differences like the observed ones are between two equal runs.
struct PairedTest {
  double p_worse = 1;   // a sum this low or lower
  double p_better = 1;  // a sum this high or higher
  double p_two_sided = 1;
  TestMethod method = TestMethod::kExactMcNemar;
};

/// The exact McNemar test: of the rows that changed, a fair coin says which way.
///
///   p_worse = P(X >= lost),  X ~ Binomial(lost + gained, 1/2);  p_two_sided = 2 P(X >= max), at
///   most 1
///
/// \param lost    rows right before and wrong now; `gained` the other way round.
/// \throws SetupError if one is negative.
/// Formula: McNemar 1947, doi:10.1007/BF02295996, in its exact form.
PairedTest exact_mcnemar(int64_t lost, int64_t gained);

/// What a resampling method may cost and how it is repeated exactly.
struct Resampling {
  int num_resamples = 9999;
  uint64_t seed = 1;
  int max_exact = 20;           // up to so many differences, all sign patterns are tried
  int64_t max_sampled = 20000;  // beyond so many, the normal limit takes over
};

/// The paired permutation test: were the runs equal, each difference could as well have had the
/// other sign.
///
/// \param differences  [num_clusters]; Σ (new - base) over the rows of one image, or of one row
/// that
///                     stands alone. Zeros change nothing.
/// \throws SetupError if one is not finite.
/// Formula: Fisher 1935, The Design of Experiments, section 21; sampled p-values count the observed
/// pattern among the sampled ones (Phipson & Smyth 2010, arXiv:1603.05766).
PairedTest sign_flip_test(std::span<const double> differences, const Resampling& resampling = {});

/// p-values of several tests, adjusted so that one of them at or below alpha is wrong with
/// probability alpha at most (Holm 1979, Scand. J. Statist. 6:65).
std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace mono::results
