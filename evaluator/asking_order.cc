#include "evaluator/asking_order.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>

namespace mono::evaluator {
namespace {

/// The pictures of a sample, by what they are and not by what they show.
std::string pictures_of(const tasks::Sample& sample) {
  std::string pictures;
  for (const auto& image : sample.images) pictures += image.source.identity() + "\n";
  return pictures;
}

}  // namespace

std::vector<size_t> asking_order(const TaskPlan& plan) {
  std::vector<size_t> order(plan.samples.size());
  std::iota(order.begin(), order.end(), size_t{0});
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

std::vector<std::vector<size_t>> calls_to_make(const std::vector<size_t>& order, size_t window,
                                               const std::vector<bool>& is_known) {
  std::vector<std::vector<size_t>> calls;
  for (size_t begin = 0; begin < order.size(); begin += window) {
    std::vector<size_t> call;
    for (size_t i = begin; i < std::min(begin + window, order.size()); ++i) {
      if (!is_known[order[i]]) call.push_back(order[i]);
    }
    if (!call.empty()) calls.push_back(std::move(call));
  }
  return calls;
}

}  // namespace mono::evaluator
