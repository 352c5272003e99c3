#include "model/native/reference_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "model/json_fields.h"
#include "model/native/digest.h"
#include "model/native/model_card.h"
#include "model/text/chat_template.h"
#include "model/text/tokenizer.h"
#include "model/weights/checkpoint.h"

namespace mono::model {

namespace {

using nlohmann::json;

struct ExpectedField {
  const char* pointer;  // into config.json
  const char* expected;
};

constexpr ExpectedField kFields[] = {
    {"/llm_config/architectures/0", "InternLM2VEForCausalLM"},
    {"/llm_config/hidden_size", "2048"},
    {"/llm_config/num_hidden_layers", "24"},
    {"/llm_config/num_attention_heads", "16"},
    {"/llm_config/num_key_value_heads", "8"},
    {"/llm_config/intermediate_size", "8192"},
    {"/llm_config/vocab_size", "92553"},
    {"/llm_config/rms_norm_eps", "1e-05"},
    {"/llm_config/rope_theta", "1000000"},
    {"/llm_config/rope_scaling/type", "dynamic"},
    {"/llm_config/rope_scaling/factor", "2.0"},
    {"/llm_config/max_position_embeddings", "32768"},
    {"/llm_config/bias", "false"},
    {"/llm_config/tie_word_embeddings", "false"},
    {"/llm_config/attn_implementation", "flash_attention_2"},
    {"/vision_config/model_type", "intern_vit_patch"},
    {"/vision_config/hidden_size", "1024"},
    {"/vision_config/patch_size", "14"},
    {"/vision_config/image_size", "448"},
    {"/force_image_size", "448"},
    {"/downsample_ratio", "0.5"},
    {"/ps_version", "v2"},
    {"/select_layer", "-1"},
    {"/dynamic_image_size", "true"},
    {"/use_thumbnail", "true"},
    {"/max_dynamic_patch", ""},
    {"/template", "internlm2-chat"},
};

constexpr std::pair<const char*, int64_t> kTokens[] = {
    {"<unk>", 0},
    {"<s>", 1},
    {"</s>", 2},
    {"<|plugin|>", 92538},
    {"<|interpreter|>", 92539},
    {"<|action_end|>", 92540},
    {"<|action_start|>", 92541},
    {"<|im_end|>", 92542},
    {"<|im_start|>", 92543},
    {"<img>", 92544},
    {"</img>", 92545},
    {"<IMG_CONTEXT>", 92546},
    {"<quad>", 92547},
    {"</quad>", 92548},
    {"<ref>", 92549},
    {"</ref>", 92550},
    {"<box>", 92551},
    {"</box>", 92552},
};

constexpr const char* kTokenizerSha256 =
    "f868398fc4e05ee1e8aeba95ddf18ddcc45b8bce55d5093bead5bbf80429b48b";

constexpr std::pair<const char*, const char*> kEncodings[] = {
    {"user\n", "1008 364"},
    {"assistant\n", "525 11353 364"},
    {"system\n", "9081 364"},
    {"\n", "364"},
    {" ", "262"},
    {"  ", "387"},
    {"   ", "393"},
    {"Hello, world!", "9843 328 2028 346"},
    {" Hello", "22190"},
    {"1234567", "4575 1889 3171"},
    {"\nPlease describe the image shortly.", "364 5658 7654 410 2321 19789 281"},
    {"Answer the question using a single word or phrase.",
     "16272 410 3568 1817 395 3340 3571 607 17272 281"},
    {"你好", "77230"},
    {"\U0001F600", "243 162 155 131"},
    {"a\tb\r\n", "264 2383 450"},
    {"ＡＢＥ", "66844 67676 92352"},
    {"——……", "92395 92396"},
    {"system\nYou are an AI assistant whose name is InternLM (书生·浦语).",
     "9081 364 2770 657 589 15358 17993 6843 963 505 4576 11146 451 60628 60384 60721 62442 60752 "
     "699"},
};

/// Of "system\n" and the system message, by template.
constexpr std::pair<const char*, const char*> kSystemEncodings[] = {
    {"internlm2-chat",
     "9081 364 60403 69643 68589 76659 71581 69504 60731 61325 68636 68640 74302 60384 60393 60838 "
     "60921 60368 70218 60353 69430 78131 1214 1070 30924 328 262 68625 71042 90861 91468 68925 "
     "72018 60355"},
    {"internvl2_5",
     "9081 364 70447 60628 60384 60721 60775 60978 60353 79448 60357 1214 1070 30924 60353 69643 "
     "68589 76659 71581 60359 77859 60543 75438 68558 68542 69504 68640 71434 60838 60921 60368 "
     "68790 70218 60355"},
};

/// The text of a value; that of `expected` where both are the same number, however it is written.
std::string text_of(const json& value, const std::string& expected) {
  if (value.is_string()) return value.get<std::string>();
  const auto wanted = json::parse(expected, nullptr, /*allow_exceptions=*/false);
  const bool are_numbers = value.is_number() && wanted.is_number();
  return are_numbers && value.get<double>() == wanted.get<double>() ? expected : value.dump();
}

void check_fields(const std::filesystem::path& checkpoint, std::vector<Check>& checks) {
  const auto config = read_json(checkpoint / "config.json");
  for (const auto& [pointer, expected] : kFields) {
    const json::json_pointer path(pointer);
    const auto found = config.contains(path) ? text_of(config.at(path), expected) : "absent";
    checks.push_back({fmt::format("config.json {}", pointer), expected, found});
  }
}

void check_tokenizer(const std::filesystem::path& checkpoint, std::vector<Check>& checks) {
  const auto tokenizer = load_tokenizer(checkpoint);
  checks.push_back({"tokenizer.model sha256", kTokenizerSha256,
                    sha256_of_file(find_tokenizer_files(checkpoint).model)});
  for (const auto& [token, id] : kTokens) {
    const auto found = tokenizer->token_id(token);
    checks.push_back({fmt::format("id of {}", token), std::to_string(id),
                      found ? std::to_string(*found) : "absent"});
  }
  const auto check_encoding = [&](const std::string& text, const std::string& expected) {
    const auto ids = tokenizer->encode(text, /*adds_bos=*/false);
    checks.push_back({fmt::format("encoding of {}", json(text).dump()), expected,
                      fmt::format("{}", fmt::join(ids, " "))});
  };
  for (const auto& [text, expected] : kEncodings) check_encoding(text, expected);
  for (const auto& [chat_template, expected] : kSystemEncodings) {
    check_encoding("system\n" + std::string(find_chat_template(chat_template).system_message),
                   expected);
  }
}

/// Whether a file holds a text; the file is Python source, which nobody here runs.
std::string contains(const std::filesystem::path& file, std::string_view text) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return "absent";
  const std::string source{std::istreambuf_iterator<char>(stream), {}};
  return source.find(text) != std::string::npos ? "present" : "not in the file";
}

void check_conversation(const std::filesystem::path& checkpoint, std::vector<Check>& checks) {
  const auto& chat_template = find_chat_template("internlm2-chat");
  const auto file = checkpoint / "conversation.py";
  checks.push_back({"conversation.py: the system message in use", "present",
                    contains(file, chat_template.system_message)});
  checks.push_back(
      {"conversation.py: separator <|im_end|>", "present", contains(file, "<|im_end|>")});
}

void check_weights(const std::filesystem::path& checkpoint, std::vector<Check>& checks) {
  int64_t parameters = 0, bytes = 0, visual = 0;
  std::string attention_experts = "none";
  const auto tensors = read_checkpoint(checkpoint);
  for (const auto& [name, tensor] : tensors) {
    int64_t count = 1;
    for (const auto size : tensor.shape) count *= size;
    parameters += count;
    bytes += static_cast<int64_t>(tensor.bytes.size());
    if (name.find("feed_forward_ve.") != std::string::npos) ++visual;
    const bool is_attention = name.find(".attention.") != std::string::npos;
    if (is_attention && name.find("wqkv.") == std::string::npos &&
        name.find("wo.") == std::string::npos && name.find("rotary") == std::string::npos) {
      attention_experts = name;
    }
  }
  checks.push_back({"number of tensors", "253", std::to_string(tensors.size())});
  checks.push_back({"parameters", "3111355392", std::to_string(parameters)});
  checks.push_back({"bytes of weights", "6222710784", std::to_string(bytes)});
  checks.push_back({"tensors of visual feed-forward experts", "72", std::to_string(visual)});
  checks.push_back({"attention experts (1.5 only)", "none", attention_experts});
}

void check_fit(const std::filesystem::path& checkpoint, std::vector<Check>& checks) {
  const auto faults = model_card(checkpoint).faults;
  for (const auto& fault : faults) checks.push_back({"can be run", "yes", fault});
  if (faults.empty()) checks.push_back({"can be run", "yes", "yes"});
}

}  // namespace

std::vector<Check> reference_checks(const std::filesystem::path& checkpoint) {
  using Group = void(const std::filesystem::path&, std::vector<Check>&);
  constexpr std::pair<const char*, Group*> kGroups[] = {{"config.json", check_fields},
                                                        {"tokenizer", check_tokenizer},
                                                        {"conversation.py", check_conversation},
                                                        {"weights", check_weights},
                                                        {"checkpoint", check_fit}};
  std::vector<Check> checks;
  for (const auto& [name, check] : kGroups) {
    try {
      check(checkpoint, checks);
    } catch (const SetupError& cause) {
      checks.push_back({fmt::format("{} can be read", name), "yes", cause.what()});
    }
  }
  return checks;
}

}  // namespace mono::model
