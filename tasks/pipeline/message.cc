#include "tasks/pipeline/message.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr std::string_view kShortAnswer = "Answer the question using a single word or phrase.";
constexpr std::string_view kLetterChinese = "请直接回答选项字母。";
constexpr std::string_view kDirect = "Answer the question directly.";
constexpr std::string_view kDirectChinese = "请直接回答问题。";

bool is_jpeg_name(std::string_view name) {
  const auto folded = lower(name);
  return folded.ends_with(".jpg") || folded.ends_with(".jpeg");
}

/// `<Image-1><Image-2>...`, which VLMEvalKit writes where the pictures of a message stand.
std::string image_run(size_t num_images) {
  std::string run;
  for (size_t i = 1; i <= num_images; ++i) run += fmt::format("<Image-{}>", i);
  return run;
}

/// The text handed to chat under registration v2.0, markers included.
std::string marked_text(const std::string& text, size_t num_images, const MessageRules& rules) {
  if (num_images == 0) return text;
  if (num_images == 1) return "<image>\n" + text;
  std::string header;
  for (size_t i = 1; i <= num_images; ++i) header += fmt::format("Image-{}: <image>\n", i);
  const auto run = image_run(num_images);
  return rules.removes_image_run ? header + replace_all(text, run, "") : header + text + run;
}

int tile_limit(const MessageRules& rules, size_t position, size_t num_images) {
  constexpr int kTileBudget = 64;
  const bool is_other = position > 0 && rules.max_tiles_of_others > 0;
  const int limit = is_other ? rules.max_tiles_of_others : rules.max_tiles;
  if (!rules.shares_tile_budget || num_images == 0) return limit;
  return std::max(1, std::min(limit, kTileBudget / static_cast<int>(num_images)));
}

bool doubles_size(const MessageRules& rules, size_t position, Registration registration) {
  const bool knows_how =
      rules.pipeline == Pipeline::kInternVl || registration == Registration::kV20;
  return rules.doubles_first_image && position == 0 && knows_how;
}

model::ImageInput image_input(const Sample& sample, size_t position, const MessageRules& rules,
                              Registration registration) {
  const auto& image = sample.images[position];
  model::ImageInput input{.name = image.name,
                          .path = image.source.path(),
                          .bytes = nullptr,
                          .max_tiles = tile_limit(rules, position, sample.images.size()),
                          .doubles_size = doubles_size(rules, position, registration),
                          .keeps_stored_mode = rules.keeps_stored_mode,
                          .max_pixels = rules.max_pixels};
  if (input.path.empty()) {
    input.bytes = std::make_shared<const std::string>(image.source.bytes());
  }
  input.reencodes_as_jpeg =
      image.is_stored && rules.pipeline == Pipeline::kVlmEvalKit && is_jpeg_name(image.name);
  input.drops_alpha_of_gray = input.reencodes_as_jpeg && rules.drops_alpha_of_gray;
  return input;
}

}  // namespace

bool has_chinese(std::string_view text) {
  for (size_t position = 0; position < text.size();) {
    const char32_t c = next_code_point(text, position);
    if (c >= 0x4E00 && c <= 0x9FFF) return true;
  }
  return false;
}

std::string short_answer_text(const Sample& sample, const Profile& profile) {
  return sample.question + profile.message.short_answer_join + std::string(kShortAnswer);
}

std::string multiple_choice_text(const Sample& sample, const Profile& profile) {
  std::string text = sample.hint ? *sample.hint + "\n" + sample.question : sample.question;
  bool has_choices = false;
  for (const auto& choice : sample.choices) {
    if (choice.letter > profile.message.last_choice) continue;
    has_choices = true;
    text.append("\n").append(1, choice.letter).append(". ").append(choice.text);
  }
  if (profile.message.pipeline == Pipeline::kInternVl) {
    text.append("\n").append(profile.message.asks_in_chinese ? kLetterChinese : kLetterInstruction);
    return profile.message.strips_text ? std::string(strip(text)) : text;
  }
  const bool is_chinese = has_chinese(text);
  text.append("\n");
  if (has_choices) return text.append(is_chinese ? kLetterChinese : kLetterInstruction);
  return text.append(is_chinese ? kDirectChinese : kDirect);
}

std::string choice_text(const Sample& sample, const Profile& profile) {
  const bool is_finished =
      profile.message.pipeline == Pipeline::kInternVl && sample.choices.empty();
  return is_finished ? sample.question : multiple_choice_text(sample, profile);
}

model::Request build_request(const Sample& sample, std::string text, const Profile& profile,
                             Registration registration) {
  const auto& rules = profile.message;
  const bool is_v20 = registration == Registration::kV20;
  const bool is_internvl = rules.pipeline == Pipeline::kInternVl;
  const size_t num_images = sample.images.size();

  model::Request request{
      .id = sample.id,
      .question = !is_internvl && is_v20 ? marked_text(text, num_images, rules) : text,
      .shares_image_block = is_internvl || !is_v20,
      .decoding = is_v20 ? rules.decoding : rules.decoding_v15};
  for (size_t i = 0; i < num_images; ++i) {
    request.images.push_back(image_input(sample, i, rules, registration));
    request.parts.push_back({.image = static_cast<int>(i)});
  }
  // InternVL's chat function puts the pictures first, VLMEvalKit's messages put the text first.
  const auto text_place = is_internvl ? request.parts.end() : request.parts.begin();
  request.parts.insert(text_place, {.text = std::move(text)});
  return request;
}

}  // namespace mono::tasks
