#include "model/batch/prefix_groups.h"

#include <algorithm>
#include <map>

namespace mono::model {
namespace {

bool can_share(const PromptView& prompt, const PrefixRules& rules) {
  return !prompt.image_key.empty() &&
         static_cast<int64_t>(prompt.input_ids.size()) <= rules.max_length;
}

/// The number of tokens up to the last image-context token, it included.
int64_t length_with_images(std::span<const int64_t> ids, int64_t image_context_id) {
  const auto last = std::find(ids.rbegin(), ids.rend(), image_context_id);
  return static_cast<int64_t>(ids.rend() - last);
}

int64_t common_length(std::span<const int64_t> a, std::span<const int64_t> b) {
  return std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
}

/// What all members share; 0 if that does not hold the pictures whole.
int64_t shared_length(std::span<const PromptView> prompts, const std::vector<size_t>& members,
                      const PrefixRules& rules) {
  const auto first = prompts[members.front()].input_ids;
  auto shared = static_cast<int64_t>(first.size());
  for (const size_t member : members) {
    const auto ids = prompts[member].input_ids;
    shared = std::min({shared, common_length(first, ids), static_cast<int64_t>(ids.size()) - 1});
  }
  for (const size_t member : members) {
    const auto ids = prompts[member].input_ids;
    if (length_with_images(ids, rules.image_context_id) > shared) return 0;
  }
  return shared;
}

}  // namespace

std::vector<PrefixGroup> group_by_prefix(std::span<const PromptView> prompts,
                                         const PrefixRules& rules) {
  std::map<std::string_view, std::vector<size_t>> by_images;
  for (size_t i = 0; i < prompts.size(); ++i) {
    if (can_share(prompts[i], rules)) by_images[prompts[i].image_key].push_back(i);
  }
  std::vector<PrefixGroup> groups;
  std::vector<bool> is_grouped(prompts.size(), false);
  for (size_t i = 0; i < prompts.size(); ++i) {
    if (is_grouped[i]) continue;
    PrefixGroup group{.members = {i}};
    const auto found = by_images.find(prompts[i].image_key);
    const bool has_company = can_share(prompts[i], rules) && found->second.size() > 1;
    if (has_company) group.shared_length = shared_length(prompts, found->second, rules);
    if (group.shared_length > 0) group.members = found->second;
    for (const size_t member : group.members) is_grouped[member] = true;
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace mono::model
