#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// Which prompts of a batch begin alike, so that what they share is read once. Free of Torch.
namespace mono::model {

/// A prompt as far as sharing depends on it.
struct PromptView {
  std::span<const int64_t> input_ids{};
  std::string_view image_key{};  // equal exactly where the pixels are; "" without images
};

/// Prompts that begin with the same tokens over the same pictures.
struct PrefixGroup {
  std::vector<size_t> members{};  // positions among the prompts, ascending
  int64_t shared_length = 0;      // tokens; 0 where a prompt stands alone
};

/// When prefixes are shared.
struct PrefixRules {
  int64_t image_context_id = 0;
  /// Longer prompts stand alone: beyond this length the rotation of the first tokens depends on how
  /// many follow.
  int64_t max_length = 0;
};

/// Groups prompts that are equal up to their last image-context token, over the same pictures, by
/// their longest common prefix. It leaves each prompt one token at least, whose logits are its own.
/// A prompt that ends with a picture, or with nobody to share with, is a group of one.
/// \returns every prompt in exactly one group, groups in the order of their first members.
std::vector<PrefixGroup> group_by_prefix(std::span<const PromptView> prompts,
                                         const PrefixRules& rules);

}  // namespace mono::model
