#include "model/text/chat.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "model/adapter.h"
#include "model/text/python_strip.h"

namespace mono::model {

namespace {

std::string repeated(std::string_view text, int64_t times) {
  std::string run;
  run.reserve(text.size() * static_cast<size_t>(times));
  for (int64_t i = 0; i < times; ++i) run += text;
  return run;
}

int64_t count(std::string_view text, std::string_view token) {
  int64_t found = 0;
  for (size_t at = text.find(token); at != std::string_view::npos;
       at = text.find(token, at + token.size())) {
    ++found;
  }
  return found;
}

std::string image_block(int64_t num_tiles, const ChatRequest& request) {
  std::string block(kImageStart);
  block += repeated(kImageContext, num_tiles * request.tokens_per_tile);
  block += kImageEnd;
  return block;
}

/// Tiles of each image, after the checks on them; empty where there is no image. Only the chat
/// function that replaces placeholders compares their sum with the tiles there are.
std::vector<int> tiles_per_image(const ChatRequest& request, ImagePlacement placement) {
  auto tiles = request.tiles_per_image;
  if (tiles.empty() && request.num_tiles > 0) tiles = {request.num_tiles};
  if (request.num_tiles < 0 || request.tokens_per_tile < 1 ||
      std::any_of(tiles.begin(), tiles.end(), [](int n) { return n < 1; })) {
    fail("render_chat: tiles and tokens per tile must be positive, got ", request.num_tiles,
         " tiles of ", request.tokens_per_tile, " tokens");
  }
  const auto sum = std::accumulate(tiles.begin(), tiles.end(), int64_t{0});
  const bool is_compared =
      request.requires_all_images || placement == ImagePlacement::kReplacePlaceholders;
  if (is_compared && sum != request.num_tiles) {
    fail("render_chat: the images have ", sum, " tiles in all, but ", request.num_tiles,
         " were made");
  }
  return tiles;
}

/// The question with what its placement puts before it; a first turn with images only.
std::string with_images(const ChatRequest& request, ImagePlacement placement,
                        const std::vector<int>& tiles) {
  std::string images;
  switch (placement) {
    case ImagePlacement::kReplacePlaceholders:
      if (request.question.find(kImagePlaceholder) != std::string::npos) return request.question;
      images = kImagePlaceholder;
      break;
    case ImagePlacement::kBeforeQuestion:
      images = image_block(request.num_tiles, request);
      break;
    case ImagePlacement::kNumberedBeforeQuestion:
      for (size_t i = 0; i < tiles.size(); ++i) {
        images += fmt::format("<image {0}> (图{0}):", i + 1);
        images += image_block(tiles[i], request);
      }
      break;
  }
  return images + "\n" + request.question;
}

std::string system_prompt(const ChatTemplate& chat_template, std::string_view message) {
  constexpr std::string_view kField = "{system_message}";
  std::string prompt(chat_template.system_template);
  const auto at = prompt.find(kField);
  if (at != std::string::npos) prompt.replace(at, kField.size(), message);
  return prompt;
}

/// Joins the messages, user first and in turn; an empty message is a role header alone.
std::string conversation(const ChatTemplate& chat_template, std::string_view system_message,
                         const std::vector<std::string_view>& messages) {
  const bool is_zh = chat_template.style == PromptStyle::kInternVlZh;
  const bool is_chatml = chat_template.style == PromptStyle::kChatMl;
  const std::string_view newline = is_chatml ? "\n" : "";
  auto separators = std::pair(chat_template.sep, chat_template.sep2.value_or(chat_template.sep));
  if (is_zh && chat_template.tree->zh_begins_with_sep2) {
    std::swap(separators.first, separators.second);
  }

  auto prompt = is_zh ? std::string(system_message) : system_prompt(chat_template, system_message);
  prompt.append(separators.first).append(newline);
  for (size_t i = 0; i < messages.size(); ++i) {
    const bool is_user = i % 2 == 0;
    prompt += is_user ? chat_template.user_role : chat_template.assistant_role;
    prompt.append(is_zh ? ":" : "").append(newline);
    if (messages[i].empty()) continue;
    prompt.append(is_zh ? " " : "").append(messages[i]);
    prompt.append(is_user ? separators.first : separators.second).append(newline);
  }
  return prompt;
}

/// Replaces the first placeholders, one for each image; what is left over stays as text.
std::string fill_placeholders(const std::string& prompt, const ChatRequest& request,
                              const std::vector<int>& tiles) {
  std::string filled;
  size_t begin = 0;
  for (const int num_tiles : tiles) {
    const auto at = prompt.find(kImagePlaceholder, begin);
    if (at == std::string::npos) break;
    filled.append(prompt, begin, at - begin).append(image_block(num_tiles, request));
    begin = at + kImagePlaceholder.size();
  }
  return filled.append(prompt, begin);
}

}  // namespace

RenderedChat render_chat(const ChatTemplate& chat_template, const ChatRequest& request) {
  const auto& tree = *chat_template.tree;
  const auto placement = request.placement.value_or(tree.placement);
  const auto tiles = tiles_per_image(request, placement);
  if (tiles.empty() && tree.requires_image) {
    fail("render_chat: the chat function of tree '", tree.name, "' cannot do without an image");
  }

  RenderedChat rendered;
  rendered.question =
      request.history || tiles.empty() ? request.question : with_images(request, placement, tiles);
  std::vector<std::string_view> messages;
  if (request.history) {
    for (const auto& turn : *request.history) {
      messages.insert(messages.end(), {turn.question, turn.answer});
    }
  }
  messages.insert(messages.end(), {rendered.question, std::string_view()});

  const bool is_overridden = tree.reads_system_message && request.system_message;
  rendered.prompt = conversation(
      chat_template,
      is_overridden ? std::string_view(*request.system_message) : chat_template.system_message,
      messages);
  if (placement == ImagePlacement::kReplacePlaceholders) {
    rendered.prompt = fill_placeholders(rendered.prompt, request, tiles);
  }
  rendered.num_image_context = count(rendered.prompt, kImageContext);

  const auto expected = int64_t{request.num_tiles} * request.tokens_per_tile;
  if (request.requires_all_images && rendered.num_image_context != expected) {
    fail("render_chat: the prompt holds ", rendered.num_image_context, " ", kImageContext, ", but ",
         request.num_tiles, " tiles of ", tiles.size(), " images make ", expected);
  }
  return rendered;
}

std::string finish_response(std::string_view decoded, const ChatTemplate& chat_template) {
  return std::string(python_strip(decoded.substr(0, decoded.find(stop_token(chat_template)))));
}

PaddedBatch pad_left(std::span<const std::vector<int64_t>> prompts, int64_t pad_id) {
  size_t length = 0;
  for (const auto& prompt : prompts) length = std::max(length, prompt.size());
  PaddedBatch batch;
  for (const auto& prompt : prompts) {
    const auto num_zeros = length - prompt.size();
    auto& row = batch.input_ids.emplace_back(num_zeros, pad_id);
    row.insert(row.end(), prompt.begin(), prompt.end());
    batch.attention_zeros.push_back(static_cast<int64_t>(num_zeros));
  }
  return batch;
}

std::string render_tokenizer_chat(std::span<const ChatMessage> messages, bool adds_reply_header) {
  std::string prompt = "<s>";
  for (const auto& message : messages) {
    prompt += "<|im_start|>" + message.role + "\n" + message.content + "<|im_end|>\n";
  }
  if (adds_reply_header) prompt += "<|im_start|>assistant\n";
  return prompt;
}

}  // namespace mono::model
