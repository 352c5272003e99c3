#include "evaluator/asking_order.h"

#include <algorithm>
#include <random>
#include <string>
#include <unordered_map>

namespace mono::evaluator {
namespace {

/// The pictures of a sample, by what they are and not by what they show.
std::string pictures_of(const tasks::Sample& sample) {
  std::string pictures;
  for (const auto& image : sample.images) pictures += image.source.identity() + "\n";
  return pictures;
}

}  // namespace

std::vector<size_t> asking_order(const TaskPlan& plan, const std::vector<bool>& is_known) {
  std::vector<size_t> order;
  for (size_t i = 0; i < plan.samples.size(); ++i) {
    if (!is_known[i]) order.push_back(i);
  }
  if (plan.shuffle_seed) {
    std::shuffle(order.begin(), order.end(), std::mt19937_64(*plan.shuffle_seed));
    return order;
  }
  std::unordered_map<std::string, size_t> first_with;  // these pictures
  std::vector<size_t> group(plan.samples.size());
  for (const size_t i : order) {
    const auto pictures = pictures_of(*plan.samples[i]);
    group[i] = pictures.empty() ? i : first_with.emplace(pictures, i).first->second;
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return group[a] < group[b]; });
  return order;
}

}  // namespace mono::evaluator
