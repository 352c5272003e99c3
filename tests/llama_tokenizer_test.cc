// The slow LlamaTokenizer against what the class of Transformers 4.37.2 makes of texts and ids:
// tests/golden/llama_tokenizer, written by the script beside it.

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/adapter.h"
#include "model/text/tokenizer.h"
#include "tests/files.h"
#include "tests/messages.h"
#include "tests/temporary_folder.h"

namespace mono::model {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Ids = std::vector<int64_t>;

const fs::path kGolden = fs::path(MONO_SOURCE_DIR) / "tests/golden/llama_tokenizer";

std::vector<json> rows_of(const fs::path& file) {
  std::vector<json> rows;
  std::istringstream lines(tests::read_file(file));
  for (std::string line; std::getline(lines, line);) rows.push_back(json::parse(line));
  EXPECT_FALSE(rows.empty()) << file;
  return rows;
}

class LlamaTokenizerTest : public testing::TestWithParam<std::string> {
 protected:
  const fs::path folder_ = kGolden / GetParam();
  const std::unique_ptr<Tokenizer> tokenizer_ = load_tokenizer(folder_);
};

INSTANTIATE_TEST_SUITE_P(, LlamaTokenizerTest, testing::Values("legacy", "phi3"),
                         [](const auto& variant) { return variant.param; });

TEST_P(LlamaTokenizerTest, EncodesAsTheReference) {
  for (const auto& row : rows_of(folder_ / "encode.jsonl")) {
    EXPECT_EQ(tokenizer_->encode(row.at("text").get<std::string>()), row.at("ids").get<Ids>())
        << row.at("text");
  }
}

TEST_P(LlamaTokenizerTest, DecodesAsTheReference) {
  for (const auto& row : rows_of(folder_ / "decode.jsonl")) {
    const auto ids = row.at("ids").get<Ids>();
    EXPECT_EQ(tokenizer_->decode(ids), row.at("text").get<std::string>()) << row.at("ids");
    EXPECT_EQ(tokenizer_->decode(ids, /*skips_special=*/false),
              row.at("text_with_special").get<std::string>())
        << row.at("ids");
  }
}

TEST(LlamaTokenizerFilesTest, RefuseASingleWordToken) {
  const tests::TemporaryFolder folder;
  for (const auto& entry : fs::directory_iterator(kGolden / "phi3")) {
    fs::copy(entry.path(), folder.path() / entry.path().filename());
  }
  const auto file = folder.path() / "tokenizer_config.json";
  auto config = json::parse(tests::read_file(file));
  config["added_tokens_decoder"]["464"]["single_word"] = true;
  tests::write_file(file, config.dump());
  tests::expect_says(tests::message_of<SetupError>([&] { load_tokenizer(folder.path()); }),
                     "token \"<|end|>\" sets 'single_word', which is not supported");
}

}  // namespace
}  // namespace mono::model
