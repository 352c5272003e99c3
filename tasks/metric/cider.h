#pragma once

#include <span>
#include <string>
#include <vector>

#include "tasks/metric/caption_texts.h"
#include "tasks/task.h"

namespace mono::tasks {

/// CIDEr-D of each picture, Vedantam et al. 2015, arXiv:1411.5726:
///
///   10 * mean over n = 1..4 and over references r of
///        exp(-(|h| - |r|)^2 / 72) * sum_g min(h_g, r_g) r_g / (||h_n|| ||r_n||)
///
/// with weights h_g = count of n-gram g * (ln N - ln max(1, df_g)); N pictures, df_g of them with g
/// in a reference; |h| counts bigrams. Document frequencies come from exactly these pictures.
/// Formula and order of summation: salaniz/pycocoevalcap 1.2, cider/cider_scorer.py.
/// \returns one value a picture, [0, 10].
/// \throws model::SetupError if a picture has no reference.
std::vector<double> cider(std::span<const CaptionTexts> pictures);

/// The most a caption can get.
constexpr double kBestCider = 10;

/// Between what and what the CIDEr-D of each picture lies in a corpus that holds others too.
/// \param others       The references of each picture of which only they are known.
/// \param num_unknown  Pictures of which nothing is known: any of them may hold an n-gram, or none.
std::vector<Bounds> cider_bounds(std::span<const CaptionTexts> pictures,
                                 std::span<const std::vector<std::string>> others, int num_unknown);

}  // namespace mono::tasks
