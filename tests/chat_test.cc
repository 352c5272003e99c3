#include "model/text/chat.h"

#include <gtest/gtest.h>

#include "model/adapter.h"
#include "model/text/python_strip.h"
#include "model/text/vlmevalkit_question.h"

namespace mono::model {
namespace {

const ChatTemplate& internlm2_chat() {
  return find_chat_template("internlm2-chat");
}

/// The part of an internlm2-chat prompt behind the system message.
std::string turns(const RenderedChat& rendered) {
  return rendered.prompt.substr(rendered.prompt.find("<|im_end|>"));
}

std::string error(const ChatTemplate& chat_template, const ChatRequest& request) {
  try {
    render_chat(chat_template, request);
  } catch (const SetupError& cause) {
    return cause.what();
  }
  return "no error";
}

TEST(ChatTest, PutsTheImageBeforeAQuestionWithoutPlaceholder) {
  const auto rendered =
      render_chat(internlm2_chat(), {.question = "Why?", .num_tiles = 2, .tokens_per_tile = 1});
  EXPECT_EQ(turns(rendered),
            "<|im_end|><|im_start|>user\n<img><IMG_CONTEXT><IMG_CONTEXT></img>\nWhy?<|im_end|>"
            "<|im_start|>assistant\n");
  EXPECT_EQ(rendered.question, "<image>\nWhy?");
  EXPECT_EQ(rendered.num_image_context, 2);
}

TEST(ChatTest, GivesEachPlaceholderTheTilesOfItsImage) {
  const auto rendered = render_chat(internlm2_chat(), {.question = "<image> or <image>?",
                                                       .num_tiles = 3,
                                                       .tiles_per_image = {1, 2},
                                                       .tokens_per_tile = 1});
  EXPECT_EQ(turns(rendered),
            "<|im_end|><|im_start|>user\n<img><IMG_CONTEXT></img> or "
            "<img><IMG_CONTEXT><IMG_CONTEXT></img>?<|im_end|><|im_start|>assistant\n");
}

TEST(ChatTest, PutsAllTilesInOneBlockWhereNoImageIsSetApart) {
  const auto rendered =
      render_chat(internlm2_chat(),
                  {.question = "<image 1> or <image 2>?", .num_tiles = 3, .tokens_per_tile = 1});
  EXPECT_EQ(turns(rendered),
            "<|im_end|><|im_start|>user\n<img><IMG_CONTEXT><IMG_CONTEXT><IMG_CONTEXT></img>\n"
            "<image 1> or <image 2>?<|im_end|><|im_start|>assistant\n");
}

TEST(ChatTest, FillsPlaceholdersOfAnEarlierTurnAndAddsNone) {
  const auto rendered =
      render_chat(internlm2_chat(), {.question = "And now?",
                                     .history = {{{.question = "<image>\nWhy?", .answer = ""}}},
                                     .num_tiles = 1,
                                     .tokens_per_tile = 1});
  EXPECT_EQ(turns(rendered),
            "<|im_end|><|im_start|>user\n<img><IMG_CONTEXT></img>\nWhy?<|im_end|>"
            "<|im_start|>assistant\n<|im_start|>user\nAnd now?<|im_end|><|im_start|>assistant\n");
  EXPECT_EQ(rendered.question, "And now?");
}

TEST(ChatTest, LeavesAPlaceholderTooManyAsTextLikeTheReference) {
  const auto rendered = render_chat(
      internlm2_chat(), {.question = "<image><image>", .num_tiles = 1, .tokens_per_tile = 1});
  EXPECT_EQ(turns(rendered),
            "<|im_end|><|im_start|>user\n<img><IMG_CONTEXT></img><image><|im_end|>"
            "<|im_start|>assistant\n");
}

TEST(ChatTest, RefusesAnImageTheQuestionHasNoPlaceFor) {
  EXPECT_EQ(
      error(
          internlm2_chat(),
          {.question = "<image>", .num_tiles = 3, .tiles_per_image = {1, 2}, .tokens_per_tile = 4}),
      "render_chat: the prompt holds 4 <IMG_CONTEXT>, but 3 tiles of 2 images make 12");
}

TEST(ChatTest, RefusesATypedImageContextToken) {
  EXPECT_EQ(error(internlm2_chat(), {.question = "what is <IMG_CONTEXT>?"}),
            "render_chat: the prompt holds 1 <IMG_CONTEXT>, but 0 tiles of 0 images make 0");
}

TEST(ChatTest, RefusesTilesThatDoNotAddUp) {
  EXPECT_EQ(error(internlm2_chat(), {.question = "x", .num_tiles = 3, .tiles_per_image = {1, 1}}),
            "render_chat: the images have 2 tiles in all, but 3 were made");
  EXPECT_EQ(error(internlm2_chat(), {.question = "x", .num_tiles = 0, .tiles_per_image = {0}}),
            "render_chat: tiles and tokens per tile must be positive, got 0 tiles of 256 tokens");
  EXPECT_EQ(error(internlm2_chat(), {.question = "x", .num_tiles = 1, .tokens_per_tile = 0}),
            "render_chat: tiles and tokens per tile must be positive, got 1 tiles of 0 tokens");
}

TEST(ChatTest, ReplacesTheSystemMessage) {
  const auto rendered =
      render_chat(internlm2_chat(), {.question = "Hi", .system_message = "Be {short}."});
  EXPECT_EQ(rendered.prompt,
            "<|im_start|>system\nBe {short}.<|im_end|><|im_start|>user\nHi<|im_end|>"
            "<|im_start|>assistant\n");
}

TEST(ChatTest, FollowsTheMonoTreeWhereItsPlacementIsAskedFor) {
  const auto& mono = find_chat_template("internlm2-chat", "mono");
  const auto rendered =
      render_chat(mono, {.question = "<image> Why?", .num_tiles = 1, .tokens_per_tile = 1});
  EXPECT_EQ(rendered.question, "<img><IMG_CONTEXT></img>\n<image> Why?");
  EXPECT_EQ(error(mono, {.question = "Why?"}),
            "render_chat: the chat function of tree 'mono' cannot do without an image");
  const auto hub = render_chat(mono, {.question = "<image> Why?",
                                      .num_tiles = 1,
                                      .tokens_per_tile = 1,
                                      .placement = ImagePlacement::kReplacePlaceholders});
  EXPECT_EQ(hub.question, "<image> Why?");
}

TEST(ChatTest, CutsAndStripsTheResponse) {
  EXPECT_EQ(finish_response(" \xE3\x80\x80 yes\n\xC2\xA0", internlm2_chat()), "yes");
  EXPECT_EQ(finish_response(" yes <|im_end|> no", internlm2_chat()), "yes");
  EXPECT_EQ(finish_response("a<|im_end|>b", find_chat_template("internvl2_5")), "a");
  EXPECT_EQ(finish_response("", internlm2_chat()), "");
}

TEST(ChatTest, StripsWhatPythonCallsWhiteSpace) {
  EXPECT_EQ(python_strip("\x1C\x1F\xC2\x85\xE1\x9A\x80\xE2\x80\x8A\xE2\x80\xA8\xE2\x81\x9F"), "");
  EXPECT_EQ(python_strip("\xE2\x80\x8B"), "\xE2\x80\x8B");  // U+200B is none
  EXPECT_EQ(python_strip(std::string_view("\0 ", 2)), std::string_view("\0", 1));
}

TEST(ChatTest, NamesTheStopToken) {
  EXPECT_EQ(stop_token(internlm2_chat()), "<|im_end|>");
  EXPECT_EQ(stop_token(find_chat_template("internvl2_5")), "<|im_end|>");
  EXPECT_EQ(stop_token(find_chat_template("phi3-chat")), "<|end|>");
  EXPECT_EQ(stop_token(find_chat_template("internvl_zh")), "</s>");
  EXPECT_EQ(stop_token(find_chat_template("internvl_zh", "mono")), " ");
}

TEST(ChatTest, NamesTheTemplatesItKnows) {
  EXPECT_EQ(chat_templates().size(), 28U);
  try {
    find_chat_template("internvl2_5", "mono");
    FAIL() << "accepted a template the tree does not have";
  } catch (const UsageError& cause) {
    const std::string message = cause.what();
    EXPECT_NE(message.find("'mono/internvl2_5'"), std::string::npos) << message;
    EXPECT_NE(message.find("ivl/internvl2_5"), std::string::npos) << message;
  }
}

TEST(ChatTest, PadsOnTheLeft) {
  const std::vector<int64_t> prompts[] = {{5}, {6, 7, 8}};
  const auto batch = pad_left(prompts, 2);
  EXPECT_EQ(batch.input_ids, (std::vector<std::vector<int64_t>>{{2, 2, 5}, {6, 7, 8}}));
  EXPECT_EQ(batch.attention_zeros, (std::vector<int64_t>{2, 0}));
}

TEST(VlmevalkitQuestionTest, NamesSeveralImagesAndRemovesTheRunOfAllNames) {
  const Part image = {.image = 0};
  EXPECT_EQ(vlmevalkit_question(std::vector<Part>{{.text = "a<Image-1><Image-2>b"}, image, image},
                                "MMMU_DEV_VAL"),
            "Image-1: <image>\nImage-2: <image>\nab");
  EXPECT_EQ(vlmevalkit_question(std::vector<Part>{image, {.text = "x"}, image}, ""),
            "Image-1: <image>\nImage-2: <image>\n<Image-1>x<Image-2>");
}

TEST(VlmevalkitQuestionTest, LeavesAQuestionWithoutImagesAlone) {
  EXPECT_EQ(vlmevalkit_question(std::vector<Part>{{.text = "a"}, {.text = "b"}}, ""), "ab");
}

}  // namespace
}  // namespace mono::model
