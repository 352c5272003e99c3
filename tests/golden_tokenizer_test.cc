// Tokenizers against ids and texts the reference wrote: golden/tokenizer.

#include <functional>
#include <map>

#include "model/text/sentencepiece_model.h"
#include "tests/golden_rows.h"
#include "tests/golden_tokenizers.h"

namespace mono::tests {
namespace {

using Ids = std::vector<int64_t>;
using CheckRow = std::function<void(const GoldenRow&)>;

/// Missing data files are a visible skip, as a missing folder is.
bool are_absent(const std::vector<std::filesystem::path>& files) {
  return std::any_of(files.begin(), files.end(),
                     [](const auto& file) { return !std::filesystem::exists(file); });
}

void check_rows(const std::filesystem::path& file, const CheckRow& check) {
  for (const auto& row : golden_rows(file)) {
    try {
      check(row);
    } catch (const nlohmann::json::exception& cause) {
      FAIL() << row.where << ": " << cause.what();
    }
  }
}

void check_internlm2(const std::filesystem::path& file,
                     const std::function<void(const model::Tokenizer&, const GoldenRow&)>& check) {
  const auto files = internlm2_files();
  if (are_absent({files.model, files.config})) GTEST_SKIP() << files.model << " is absent";
  const auto tokenizer = model::load_tokenizer(files);
  check_rows(file, [&](const GoldenRow& row) { check(*tokenizer, row); });
}

void check_internlm2_encode(const std::filesystem::path& file) {
  check_internlm2(file, [](const model::Tokenizer& tokenizer, const GoldenRow& row) {
    const auto ids = row.fields.at("ids").get<Ids>();
    expect_same_ids(row.where, ids, tokenizer.encode(row.fields.at("text").get<std::string>()));
    expect_same_text(row.where, row.fields.at("decoded"), tokenizer.decode(ids));
  });
}

void check_internlm2_decode(const std::filesystem::path& file) {
  check_internlm2(file, [](const model::Tokenizer& tokenizer, const GoldenRow& row) {
    const auto ids = row.fields.at("ids").get<Ids>();
    expect_same_text(row.where, row.fields.at("text"), tokenizer.decode(ids));
    expect_same_text(row.where, row.fields.at("text_with_special"), tokenizer.decode(ids, false));
  });
}

std::string from_hex(const std::string& hex) {
  if (hex.size() % 2 != 0) throw std::runtime_error("odd number of hex digits: " + hex);
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    size_t read = 0;
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), &read, 16)));
    if (read != 2) throw std::runtime_error("no hex digits: " + hex);
  }
  return bytes;
}

void check_invalid_utf8(const std::filesystem::path& file) {
  const auto path = golden_tokenizers() / "internlm2" / "tokenizer.model";
  if (are_absent({path})) GTEST_SKIP() << path << " is absent";
  const model::SentencePieceModel model(path);
  check_rows(file, [&](const GoldenRow& row) {
    Ids ids;
    model.encode(from_hex(row.fields.at("hex")), ids);
    expect_same_ids(row.where, row.fields.at("ids").get<Ids>(), ids);
  });
}

void check_llama(const std::filesystem::path& file) {
  const auto path = golden_tokenizers() / "internvl_c_chinese_alpaca" / "tokenizer.model";
  if (are_absent({path})) GTEST_SKIP() << path << " is absent";
  const model::SentencePieceModel model(path);
  check_rows(file, [&](const GoldenRow& row) {
    Ids ids;
    model.encode(row.fields.at("text").get<std::string>(), ids);
    const auto expected = row.fields.at("ids").get<Ids>();
    expect_same_ids(row.where, expected, ids);
    expect_same_text(row.where, row.fields.at("decoded"), model.decode(expected));
  });
}

void check_file(const std::filesystem::path& file) {
  static const std::map<std::string, void (*)(const std::filesystem::path&)> kChecks = {
      {"internlm2_encode.jsonl", check_internlm2_encode},
      {"internlm2_decode.jsonl", check_internlm2_decode},
      {"internlm2_invalid_utf8.jsonl", check_invalid_utf8},
      {"llama_sp_encode.jsonl", check_llama}};
  const auto name = file.filename().string();
  if (name.starts_with("qwen2_")) GTEST_SKIP() << name << ": byte-level BPE is not supported yet";
  const auto check = kChecks.find(name);
  if (check == kChecks.end()) GTEST_SKIP() << name << ": no check for such a file yet";
  check->second(file);
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_golden_files(argc, argv, "tokenizer", ".jsonl", mono::tests::check_file);
}
