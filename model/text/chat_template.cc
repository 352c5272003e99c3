#include "model/text/chat_template.h"

#include <algorithm>
#include <iterator>

#include "model/adapter.h"
#include "model/text/python_strip.h"

namespace mono::model {

namespace {

// Upstream source trees. mono: OpenGVLab/Mono-InternVL@5b17ab4; the others OpenGVLab/InternVL,
// internvl_chat/internvl, at the commit behind the name.
constexpr auto kBeforeQuestion = ImagePlacement::kBeforeQuestion;
constexpr ChatTree before_version_2(std::string_view name) {
  return {.name = name,
          .placement = kBeforeQuestion,
          .requires_image = true,
          .reads_system_message = false,
          .strips_separator = false,
          .zh_begins_with_sep2 = false};
}
constexpr ChatTree kMono = before_version_2("mono");
constexpr ChatTree k15 = before_version_2("ivl15_20240422");                     // a08ba33
constexpr ChatTree k151 = before_version_2("ivl151_20240519");                   // e81aac3
constexpr ChatTree k151Later = before_version_2("ivl151_20240529");              // 0556aa8
constexpr ChatTree k20 = {.name = "ivl20_20240719", .strips_separator = false};  // 0dc48a2
constexpr ChatTree k25 = {.name = "ivl25_20241125"};                             // c981100
constexpr ChatTree kIvl = {.name = kHubTree};                                    // 2410d1d

constexpr std::string_view kShanghai =
    "你是由上海人工智能实验室联合商汤科技开发的书生多模态大模型，英文名叫InternVL, "
    "是一个有用无害的人工智能助手。";
constexpr std::string_view kWanxiang =
    "你是书生·万象，英文名是InternVL，是由上海人工智能实验室、清华大学及多家合作单位联合开发的"
    "多模态大语言模型。";
constexpr std::string_view kInternLm =
    "You are an AI assistant whose name is InternLM (书生·浦语).";
constexpr std::string_view kAnswer = "Answer the questions.";
constexpr std::string_view kPhi3 = "You are an AI assistant whose name is Phi-3.";

constexpr int kInternLm2Stops[] = {2, 92543, 92542};
constexpr int kHermesStops[] = {2, 6, 7, 8};
constexpr int kPhi3Stops[] = {2, 32000, 32007};

constexpr ChatTemplate im_start(const ChatTree& tree, std::string_view name,
                                std::string_view system_message, std::span<const int> stops = {}) {
  return {.tree = &tree,
          .name = name,
          .system_template = "<|im_start|>system\n{system_message}",
          .system_message = system_message,
          .user_role = "<|im_start|>user\n",
          .assistant_role = "<|im_start|>assistant\n",
          .sep = "<|im_end|>",
          .stop_token_ids = stops};
}

constexpr ChatTemplate hermes(const ChatTree& tree, std::string_view system_message,
                              std::span<const int> stops = {}) {
  auto hermes = im_start(tree, "Hermes-2", system_message, stops);
  hermes.stop_text = "<|endoftext|>";
  return hermes;
}

constexpr ChatTemplate internvl2_5(const ChatTree& tree) {
  auto internvl2_5 = im_start(tree, "internvl2_5", kWanxiang);
  internvl2_5.sep = "<|im_end|>\n";
  return internvl2_5;
}

constexpr ChatTemplate phi3(const ChatTree& tree, std::string_view system_message,
                            std::span<const int> stops = {}) {
  return {.tree = &tree,
          .name = "phi3-chat",
          .system_template = "<|system|>\n{system_message}",
          .system_message = system_message,
          .user_role = "<|user|>\n",
          .assistant_role = "<|assistant|>\n",
          .sep = "<|end|>",
          .stop_token_ids = stops};
}

constexpr ChatTemplate phi3_chatml(const ChatTree& tree) {
  auto phi3_chatml = phi3(tree, kPhi3, kPhi3Stops);
  phi3_chatml.style = PromptStyle::kChatMl;
  phi3_chatml.user_role = "<|user|>";
  phi3_chatml.assistant_role = "<|assistant|>";
  phi3_chatml.stop_text = "<|end|>";
  return phi3_chatml;
}

constexpr ChatTemplate internvl_zh(const ChatTree& tree) {
  const bool swapped = tree.zh_begins_with_sep2;
  return {.tree = &tree,
          .name = "internvl_zh",
          .style = PromptStyle::kInternVlZh,
          .user_role = "<human>",
          .assistant_role = "<bot>",
          .sep = swapped ? "</s>" : " ",
          .sep2 = swapped ? " " : "</s>"};
}

constexpr ChatTemplate kTemplates[] = {
    im_start(kMono, "internlm2-chat", kShanghai, kInternLm2Stops),
    hermes(kMono, kShanghai, kHermesStops),
    phi3(kMono, kShanghai, kPhi3Stops),
    internvl_zh(kMono),

    im_start(kIvl, "internlm2-chat", kShanghai),
    hermes(kIvl, kShanghai),
    phi3(kIvl, kShanghai),
    internvl2_5(kIvl),
    internvl_zh(kIvl),

    im_start(k15, "internlm2-chat", kInternLm, kInternLm2Stops),
    hermes(k15, kAnswer, kHermesStops),
    internvl_zh(k15),

    im_start(k151, "internlm2-chat", kInternLm, kInternLm2Stops),
    hermes(k151, kAnswer, kHermesStops),
    phi3_chatml(k151),
    internvl_zh(k151),

    im_start(k151Later, "internlm2-chat", kInternLm, kInternLm2Stops),
    hermes(k151Later, kAnswer, kHermesStops),
    phi3(k151Later, kPhi3, kPhi3Stops),
    internvl_zh(k151Later),

    im_start(k20, "internlm2-chat", kShanghai, kInternLm2Stops),
    hermes(k20, kShanghai, kHermesStops),
    phi3(k20, kShanghai, kPhi3Stops),

    im_start(k25, "internlm2-chat", kShanghai),
    hermes(k25, kShanghai),
    phi3(k25, kShanghai),
    internvl2_5(k25),
    internvl_zh(k25),
};

}  // namespace

std::span<const ChatTemplate> chat_templates() {
  return kTemplates;
}

const ChatTemplate& find_chat_template(std::string_view name, std::string_view tree) {
  const auto* const found = std::find_if(
      std::begin(kTemplates), std::end(kTemplates),
      [&](const ChatTemplate& known) { return known.name == name && known.tree->name == tree; });
  if (found != std::end(kTemplates)) return *found;
  std::string known;
  for (const auto& entry : kTemplates) {
    known.append(known.empty() ? "" : ", ").append(entry.tree->name).append("/").append(entry.name);
  }
  fail<UsageError>("unknown chat template '", tree, "/", name, "'; known: ", known);
}

std::string_view stop_token(const ChatTemplate& chat_template) {
  const auto& sep = chat_template.sep;
  return chat_template.tree->strips_separator ? python_strip(sep) : sep;
}

}  // namespace mono::model
