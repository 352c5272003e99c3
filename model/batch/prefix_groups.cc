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

/// What decides who may share: the pictures, and the tokens up to the last of them.
struct Opening {
  std::string_view image_key{};
  std::span<const int64_t> ids{};

  friend bool operator<(const Opening& a, const Opening& b) {
    if (a.image_key != b.image_key) return a.image_key < b.image_key;
    return std::lexicographical_compare(a.ids.begin(), a.ids.end(), b.ids.begin(), b.ids.end());
  }
};

/// What all members share, at least one token short of each.
int64_t shared_length(std::span<const PromptView> prompts, const std::vector<size_t>& members) {
  const auto first = prompts[members.front()].input_ids;
  auto shared = static_cast<int64_t>(first.size());
  for (const size_t member : members) {
    const auto ids = prompts[member].input_ids;
    shared = std::min({shared, common_length(first, ids), static_cast<int64_t>(ids.size()) - 1});
  }
  return shared;
}

}  // namespace

std::vector<PrefixGroup> group_by_prefix(std::span<const PromptView> prompts,
                                         const PrefixRules& rules) {
  std::vector<PrefixGroup> groups;
  std::map<Opening, size_t> by_opening;  // the group's place
  for (size_t i = 0; i < prompts.size(); ++i) {
    const auto ids = prompts[i].input_ids;
    const auto opening = static_cast<size_t>(length_with_images(ids, rules.image_context_id));
    if (!can_share(prompts[i], rules) || opening == 0 || opening == ids.size()) {
      groups.push_back({.members = {i}});
      continue;
    }
    const Opening of{.image_key = prompts[i].image_key, .ids = ids.first(opening)};
    const auto [found, is_new] = by_opening.emplace(of, groups.size());
    if (is_new) groups.emplace_back();
    groups[found->second].members.push_back(i);
  }
  for (auto& group : groups) {
    if (group.members.size() > 1) group.shared_length = shared_length(prompts, group.members);
  }
  return groups;
}

}  // namespace mono::model
