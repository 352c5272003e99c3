// Tokenizers against ids and texts the reference wrote: golden/tokenizer.

#include <functional>
#include <map>

#include "model/text/sentencepiece_model.h"
#include "tests/golden_rows.h"
#include "tests/golden_tokenizers.h"
#include "tests/qwen2_tokenizers.h"

namespace mono::tests {
namespace {

using Ids = std::vector<int64_t>;
using CheckRow = std::function<void(const GoldenRow&)>;

/// Missing data files are a visible skip, as a missing folder is.
bool are_absent(const std::vector<std::filesystem::path>& files) {
  return std::any_of(files.begin(), files.end(),
                     [](const auto& file) { return !std::filesystem::exists(file); });
}

void check_rows(const std::vector<GoldenRow>& rows, const CheckRow& check) {
  for (const auto& row : rows) {
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
  check_rows(golden_rows(file), [&](const GoldenRow& row) { check(*tokenizer, row); });
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
  check_rows(golden_rows(file), [&](const GoldenRow& row) {
    Ids ids;
    model.encode(from_hex(row.fields.at("hex")), ids);
    expect_same_ids(row.where, row.fields.at("ids").get<Ids>(), ids);
  });
}

void check_llama(const std::filesystem::path& file) {
  const auto path = golden_tokenizers() / "internvl_c_chinese_alpaca" / "tokenizer.model";
  if (are_absent({path})) GTEST_SKIP() << path << " is absent";
  const model::SentencePieceModel model(path);
  check_rows(golden_rows(file), [&](const GoldenRow& row) {
    Ids ids;
    model.encode(row.fields.at("text").get<std::string>(), ids);
    const auto expected = row.fields.at("ids").get<Ids>();
    expect_same_ids(row.where, expected, ids);
    expect_same_text(row.where, row.fields.at("decoded"), model.decode(expected));
  });
}

/// The InternVL3 tokenizer, or the same with the pinned reference version's fault.
std::unique_ptr<model::Tokenizer> load_qwen2_internvl3(bool loses_hash_merges = false) {
  return load_qwen2(golden_tokenizers() / "qwen2", qwen2_added_tokens().front(),
                    {.loses_hash_merges = loses_hash_merges});
}

constexpr const char* kNoMerges = "fixtures/tokenizers/qwen2/merges.txt is absent";

void check_qwen2_encode(const std::filesystem::path& file) {
  const auto tokenizer = load_qwen2_internvl3();
  const auto pinned = load_qwen2_internvl3(/*loses_hash_merges=*/true);
  if (!tokenizer || !pinned) GTEST_SKIP() << kNoMerges;
  check_rows(golden_rows(file), [&](const GoldenRow& row) {
    const auto text = row.fields.at("text").get<std::string>();
    const auto ids = row.fields.at("ids").get<Ids>();
    expect_same_ids(row.where + " ids", ids, tokenizer->encode(text));
    expect_same_ids(row.where + " ids_tf_4_37_2", row.fields.value("ids_tf_4_37_2", ids),
                    pinned->encode(text));
    expect_same_text(row.where + " decoded", row.fields.at("decoded"), tokenizer->decode(ids));
  });
}

void check_qwen2_decode(const std::filesystem::path& file) {
  const auto tokenizer = load_qwen2_internvl3();
  if (!tokenizer) GTEST_SKIP() << kNoMerges;
  check_rows(golden_rows(file), [&](const GoldenRow& row) {
    const auto ids = row.fields.at("ids").get<Ids>();
    expect_same_text(row.where, row.fields.at("text"), tokenizer->decode(ids));
    expect_same_text(row.where, row.fields.at("text_with_special"), tokenizer->decode(ids, false));
  });
}

/// Encodings other engines publish, without decoded text.
void check_open_encodings(const std::vector<GoldenRow>& rows) {
  const auto tokenizer = load_qwen2_internvl3();
  if (!tokenizer) GTEST_SKIP() << kNoMerges;
  check_rows(rows, [&](const GoldenRow& row) {
    expect_same_ids(row.where, row.fields.at("ids").get<Ids>(),
                    tokenizer->encode(row.fields.at("text").get<std::string>()));
  });
}

/// The rows of a file that is one JSON list of objects.
std::vector<GoldenRow> listed_rows(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::vector<GoldenRow> rows;
  for (auto& fields : nlohmann::json::parse(stream)) {
    const auto where = file.filename().string() + " entry " + std::to_string(rows.size());
    rows.push_back({where, std::move(fields)});
  }
  if (rows.empty()) throw std::runtime_error(file.string() + ": no rows");
  return rows;
}

void check_file(const std::filesystem::path& file) {
  static const std::map<std::string, void (*)(const std::filesystem::path&)> kChecks = {
      {"internlm2_encode.jsonl", check_internlm2_encode},
      {"internlm2_decode.jsonl", check_internlm2_decode},
      {"internlm2_invalid_utf8.jsonl", check_invalid_utf8},
      {"llama_sp_encode.jsonl", check_llama},
      {"qwen2_encode.jsonl", check_qwen2_encode},
      {"qwen2_decode.jsonl", check_qwen2_decode}};
  const auto name = file.filename().string();
  const auto check = kChecks.find(name);
  if (check == kChecks.end()) GTEST_SKIP() << name << ": no check for such a file yet";
  check->second(file);
}

/// The published encodings lie beside merges.txt, not in the golden folder.
void register_open_encodings() {
  const auto folder = golden_tokenizers() / "qwen2";
  const auto add = [&](const std::filesystem::path& file,
                       std::vector<GoldenRow> (*read)(const std::filesystem::path&)) {
    const auto name = "qwen2 " + file.filename().string();
    register_golden_case("golden_tokenizer", name, [file, read] {
      if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is absent";
      check_open_encodings(read(file));
    });
  };
  add(folder / "encodings_open.jsonl", golden_rows);
  const auto vectors = folder / "llama_cpp_vectors";
  if (!std::filesystem::is_directory(vectors)) return add(vectors, listed_rows);
  for (const auto& file : golden_files(vectors, ".json")) add(file, listed_rows);
}

int add_cases(const std::filesystem::path& folder) {
  const auto files = golden_files(folder, ".jsonl");
  for (const auto& file : files) {
    register_golden_case("golden_tokenizer", file.filename().string(),
                         [file] { check_file(file); });
  }
  if (!files.empty()) register_open_encodings();
  return static_cast<int>(files.size());
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_golden(argc, argv, "tokenizer", mono::tests::add_cases);
}
