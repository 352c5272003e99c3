#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/chat_template.h"

namespace mono::model {

inline constexpr std::string_view kImagePlaceholder = "<image>";
inline constexpr std::string_view kImageStart = "<img>";
inline constexpr std::string_view kImageContext = "<IMG_CONTEXT>";
inline constexpr std::string_view kImageEnd = "</img>";

/// A question and its answer, as an earlier turn left them (`RenderedChat::question`).
struct ChatTurn {
  std::string question{};
  std::string answer{};
};

/// One call of the reference's chat function.
struct ChatRequest {
  std::string question{};
  std::optional<std::vector<ChatTurn>> history{};  // absent on the first turn; empty is not absent
  std::optional<std::string> system_message{};     // of config.json; replaces the template's
  int num_tiles = 0;                               // tiles of all images; 0 where there is no image
  std::vector<int> tiles_per_image{};  // their sum is num_tiles; empty: one image owns all tiles
  int tokens_per_tile = 256;           // (image_size / patch_size)^2 * downsample_ratio^2
  std::optional<ImagePlacement> placement{};  // absent: the placement of the template's tree
  bool requires_all_images = true;  // refuse a prompt whose image-context tokens are not num_tiles'
};

struct RenderedChat {
  std::string prompt{};
  std::string question{};         // as the history of the next turn holds it
  int64_t num_image_context = 0;  // image-context tokens in `prompt`
};

/// The prompt the reference's chat function hands to the tokenizer.
///
/// A placeholder more than there are images stays as text, as in the reference. Where the image
/// contexts of the prompt are not num_tiles * tokens_per_tile, the reference fails in the forward;
/// here it is an error at once unless `requires_all_images` is false.
/// \throws SetupError if tiles and tiles_per_image disagree, if the template's tree cannot do
///         without an image, or if image contexts and tiles do not match.
/// Rules: OpenGVLab/InternVL@2410d1d, internvl_chat/internvl/model/internvl_chat/
/// modeling_internvl_chat.py `chat`; OpenGVLab/Mono-InternVL@5b17ab4, same file, for the other two
/// placements.
RenderedChat render_chat(const ChatTemplate& chat_template, const ChatRequest& request);

/// The answer in the decoded text of the new tokens: what stands before the first stop token,
/// without Unicode white space at either end.
std::string finish_response(std::string_view decoded, const ChatTemplate& chat_template);

/// A batch of prompts as one rectangle, filled on the left.
struct PaddedBatch {
  std::vector<std::vector<int64_t>> input_ids{};  // [batch, length]
  std::vector<int64_t> attention_zeros{};         // [batch]; filled places at the left of each row
};

PaddedBatch pad_left(std::span<const std::vector<int64_t>> prompts, int64_t pad_id);

/// A message of the tokenizer's own (Jinja) chat template.
struct ChatMessage {
  std::string role{};
  std::string content{};
};

/// The prompt other engines build from `chat_template` of the InternLM2 tokenizer configuration:
/// BOS is part of the text, no system message unless one is given, a newline after `<|im_end|>`.
std::string render_tokenizer_chat(std::span<const ChatMessage> messages, bool adds_reply_header);

}  // namespace mono::model
