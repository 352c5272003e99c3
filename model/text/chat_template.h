#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mono::model {

/// How system message, roles and separators are joined.
enum class PromptStyle {
  kMpt,         // system sep, then role message sep
  kChatMl,      // the same with a newline after each role and each separator
  kInternVlZh,  // separator, then "role: message" with the two separators in turn
};

/// Where the image tokens go on the first turn.
enum class ImagePlacement {
  kReplacePlaceholders,     // each `<image>`, one put before the question if it has none
  kBeforeQuestion,          // one block of all tiles and a newline, whatever the question says
  kNumberedBeforeQuestion,  // `<image k> (图k):` and a block for each image, then a newline
};

/// What differs between versions of the upstream source tree, for all their templates.
struct ChatTree {
  std::string_view name{};
  ImagePlacement placement = ImagePlacement::kReplacePlaceholders;
  bool requires_image = false;       // text only raises
  bool reads_system_message = true;  // `system_message` of the checkpoint's config.json counts
  bool strips_separator = true;      // the stop token is the separator without white space
  bool zh_begins_with_sep2 = true;   // kInternVlZh: which separator follows the system message
};

/// One conversation template, as data.
struct ChatTemplate {
  const ChatTree* tree = nullptr;
  std::string_view name{};
  PromptStyle style = PromptStyle::kMpt;
  std::string_view system_template{};  // holds "{system_message}"
  std::string_view system_message{};
  std::string_view user_role{};
  std::string_view assistant_role{};
  std::string_view sep{};
  std::optional<std::string_view> sep2{};
  std::optional<std::string_view> stop_text{};  // listed upstream, unused by chat
  std::span<const int> stop_token_ids{};        // likewise
};

/// The tree whose chat code the published checkpoints carry.
inline constexpr std::string_view kHubTree = "ivl";

std::span<const ChatTemplate> chat_templates();

/// The template a checkpoint's config.json names (`template`).
/// \param tree  Which version of the template, by `ChatTree::name`.
/// \throws UsageError naming the known ones.
const ChatTemplate& find_chat_template(std::string_view name, std::string_view tree = kHubTree);

/// The text of the one token that ends an answer: the separator, which also cuts the answer.
std::string_view stop_token(const ChatTemplate& chat_template);

}  // namespace mono::model
