// Prompts, token ids and responses against what the reference's chat functions made: golden/chat.

#include <functional>
#include <map>
#include <memory>

#include "model/adapter.h"
#include "model/text/chat.h"
#include "model/text/vlmevalkit_question.h"
#include "tests/chat_notation.h"
#include "tests/golden_rows.h"
#include "tests/golden_tokenizers.h"
#include "tests/qwen2_tokenizers.h"

namespace mono::tests {
namespace {

using nlohmann::json;
using Ids = std::vector<int64_t>;

using Tokenizers = std::map<std::string, std::unique_ptr<model::Tokenizer>>;

/// The tokenizers the rows name; null where its files are absent.
Tokenizers load_tokenizers() {
  Tokenizers tokenizers;
  tokenizers["internlm2"] = std::filesystem::exists(internlm2_files().model)
                                ? model::load_tokenizer(internlm2_files())
                                : nullptr;
  for (const auto& added : qwen2_added_tokens()) {
    tokenizers[added.name] = load_qwen2(golden_tokenizers() / "qwen2", added);
  }
  return tokenizers;
}

const Tokenizers& all_tokenizers() {
  static const auto kTokenizers = load_tokenizers();
  return kTokenizers;
}

/// The tokenizer a row names; null where it names none, or one whose files are absent.
const model::Tokenizer* tokenizer_of(const json& row) {
  const auto& name = row.at("tokenizer");
  return name.is_null() ? nullptr : all_tokenizers().at(name.get<std::string>()).get();
}

void check_prompt(const std::string& where, const json& prompt, const json& hash,
                  const std::string& got) {
  expect_same_text(where + " prompt", expand_text(prompt), got);
  EXPECT_EQ(hash.get<std::string>(), sha256(got)) << where << ": prompt_sha256";
}

/// Ids, end of answer, response and the history it leaves.
void check_tokens(const GoldenRow& row, const model::Tokenizer& tokenizer,
                  const model::ChatTemplate& chat_template, const model::ChatRequest& request,
                  const model::RenderedChat& rendered) {
  const auto& fields = row.fields;
  const auto expected = expand_ids(fields.at("input_ids"));
  expect_same_ids(row.where + " input_ids", expected, tokenizer.encode(rendered.prompt));
  EXPECT_EQ(fields.at("num_ids").get<size_t>(), expected.size()) << row.where;
  EXPECT_EQ(tokenizer.token_id(model::stop_token(chat_template)),
            fields.at("eos_token_id").get<int64_t>())
      << row.where << ": eos_token_id";

  const auto response =
      model::finish_response(tokenizer.decode(fields.at("generated").get<Ids>()), chat_template);
  expect_same_text(row.where + " response", fields.at("response"), response);

  auto history = request.history.value_or(std::vector<model::ChatTurn>());
  history.push_back({rendered.question, response});
  const auto& expected_history = fields.at("history_after");
  ASSERT_EQ(expected_history.size(), history.size()) << row.where << ": history_after";
  for (size_t i = 0; i < history.size(); ++i) {
    const auto where = row.where + " history_after " + std::to_string(i);
    expect_same_text(where, expand_text(expected_history[i].at(0)), history[i].question);
    expect_same_text(where, expand_text(expected_history[i].at(1)), history[i].answer);
  }
}

void check_chat(const GoldenRow& row, const model::ChatTemplate& chat_template) {
  const auto request = read_request(row.fields);
  if (row.fields.contains("error")) {
    EXPECT_THROW(model::render_chat(chat_template, request), model::SetupError)
        << row.where << ": the reference raises " << row.fields.at("error");
    return;
  }
  const auto rendered = model::render_chat(chat_template, request);
  check_prompt(row.where, row.fields.at("prompt"), row.fields.at("prompt_sha256"), rendered.prompt);
  if (const auto* const tokenizer = tokenizer_of(row.fields)) {
    check_tokens(row, *tokenizer, chat_template, request, rendered);
  }
}

void check_batch(const GoldenRow& row, const model::ChatTemplate& chat_template) {
  const auto& fields = row.fields;
  const auto requests = read_batch(fields);
  ASSERT_EQ(requests.size(), fields.at("prompts").size()) << row.where;
  const auto* const tokenizer = tokenizer_of(fields);
  std::vector<Ids> prompts;
  for (size_t i = 0; i < requests.size(); ++i) {
    const auto rendered = model::render_chat(chat_template, requests[i]);
    check_prompt(row.where + " prompt " + std::to_string(i), fields.at("prompts")[i],
                 fields.at("prompts_sha256").at(i), rendered.prompt);
    if (tokenizer != nullptr) prompts.push_back(tokenizer->encode(rendered.prompt));
  }
  if (tokenizer == nullptr) return;
  const auto batch = model::pad_left(prompts, tokenizer->pad_id());
  EXPECT_EQ(fields.at("attention_zeros_left").get<Ids>(), batch.attention_zeros) << row.where;
  ASSERT_EQ(fields.at("input_ids").size(), batch.input_ids.size()) << row.where;
  for (size_t i = 0; i < batch.input_ids.size(); ++i) {
    expect_same_ids(row.where + " row " + std::to_string(i), expand_ids(fields["input_ids"][i]),
                    batch.input_ids[i]);
    EXPECT_EQ(fields.at("length").get<size_t>(), batch.input_ids[i].size()) << row.where;
  }
}

void check_chat_row(const GoldenRow& row) {
  const auto& fields = row.fields;
  if (!fields.at("tokenizer").is_null()) {
    const auto tokenizer = all_tokenizers().find(fields.at("tokenizer").get<std::string>());
    if (tokenizer == all_tokenizers().end()) {
      GTEST_FAIL() << row.where << ": unknown tokenizer " << fields.at("tokenizer");
    }
    if (!tokenizer->second) {
      GTEST_SKIP() << row.where << ": the files of tokenizer " << tokenizer->first
                   << " in fixtures/tokenizers are absent";
    }
  }
  const auto* const chat_template = known_template(fields);
  if (chat_template == nullptr) GTEST_FAIL() << no_template(row);
  const auto function = fields.at("function").get<std::string>();
  if (function == "batch_chat") return check_batch(row, *chat_template);
  if (function == "chat" || function == "multi_image_chat") return check_chat(row, *chat_template);
  GTEST_FAIL() << row.where << ": unknown function '" << function << "'";
}

json or_null(std::optional<std::string_view> text) {
  return text ? json(*text) : json();
}

void check_template_row(const GoldenRow& row) {
  static const std::map<model::PromptStyle, std::string> kStyles = {
      {model::PromptStyle::kMpt, "MPT"},
      {model::PromptStyle::kChatMl, "CHATML"},
      {model::PromptStyle::kInternVlZh, "INTERNVL_ZH"}};
  const auto* const found = known_template(row.fields);
  if (found == nullptr) GTEST_FAIL() << no_template(row);
  const auto& known = *found;
  const auto& stops = known.stop_token_ids;
  const json got = {
      {"tree", known.tree->name},
      {"template", known.name},
      {"style", kStyles.at(known.style)},
      {"system_template", known.system_template},
      {"system_message", known.system_message},
      {"roles", {known.user_role, known.assistant_role}},
      {"sep", known.sep},
      {"sep2", or_null(known.sep2)},
      {"stop_str", or_null(known.stop_text)},
      {"stop_token_ids", stops.empty() ? json() : json(std::vector(stops.begin(), stops.end()))}};
  for (const auto& [name, expected] : row.fields.items()) {
    ASSERT_TRUE(got.contains(name)) << row.where << ": no check for field '" << name << "' yet";
    EXPECT_EQ(expected, got.at(name)) << row.where << ": " << name;
  }
}

void check_jinja_row(const GoldenRow& row) {
  std::vector<model::ChatMessage> messages;
  for (const auto& message : row.fields.at("messages")) {
    messages.push_back({message.at("role"), expand_text(message.at("content"))});
  }
  const auto prompt =
      model::render_tokenizer_chat(messages, row.fields.at("add_generation_prompt").get<bool>());
  expect_same_text(row.where, expand_text(row.fields.at("prompt")), prompt);
  const auto& tokenizer = all_tokenizers().at("internlm2");
  if (!tokenizer) {
    GTEST_SKIP() << row.where << ": fixtures/tokenizers/internlm2/tokenizer.model is absent";
  }
  expect_same_ids(row.where, expand_ids(row.fields.at("input_ids")),
                  tokenizer->encode(prompt, /*adds_bos=*/false));
}

void check_vlmevalkit_row(const GoldenRow& row) {
  std::vector<model::Part> parts;
  int num_images = 0;
  for (const auto& part : row.fields.at("message")) {
    if (part.at("type") == "image") {
      parts.push_back({.image = num_images++});
    } else {
      ASSERT_EQ(part.at("type"), "text") << row.where;
      parts.push_back({.text = part.at("value")});
    }
  }
  const auto& dataset = row.fields.at("dataset");
  expect_same_text(row.where, row.fields.at("question"),
                   model::vlmevalkit_question(
                       parts, dataset.is_null() ? std::string() : dataset.get<std::string>()));
}

/// A case a row, named by what it is about.
void register_rows(const std::filesystem::path& file, void (*check)(const GoldenRow&)) {
  for (auto& row : golden_rows(file)) {
    auto name = row.where;
    for (const auto* const field : {"tree", "template", "tokenizer"}) {
      if (row.fields.contains(field)) name.append(" ").append(row.fields[field].dump());
    }
    if (row.fields.contains("responses")) {
      register_golden_case("golden_chat", name + " responses",
                           [] { GTEST_SKIP() << "not compared: the row has no ids of them"; });
    }
    register_golden_case("golden_chat", name, [check, row = std::move(row)] { check(row); });
  }
}

int add_cases(const std::filesystem::path& folder) {
  static const std::map<std::string, void (*)(const GoldenRow&)> kChecks = {
      {"chat.jsonl", check_chat_row},
      {"templates.jsonl", check_template_row},
      {"jinja.jsonl", check_jinja_row},
      {"vlmevalkit_prompts.jsonl", check_vlmevalkit_row}};
  const auto files = golden_files(folder, ".jsonl");
  for (const auto& file : files) {
    const auto name = file.filename().string();
    const auto check = kChecks.find(name);
    if (check == kChecks.end()) {
      register_golden_case("golden_chat", name,
                           [name] { GTEST_SKIP() << name << ": no check for such a file yet"; });
      continue;
    }
    try {
      register_rows(file, check->second);
    } catch (const std::runtime_error& cause) {
      register_golden_case("golden_chat", name,
                           [message = std::string(cause.what())] { FAIL() << message; });
    }
  }
  return static_cast<int>(files.size());
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_golden(argc, argv, "chat", mono::tests::add_cases);
}
