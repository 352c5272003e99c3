// The whole way from a picture file and a question to text, for each variant of golden/model whose
// golden.json names a picture and a tokenizer: a difference is located at the first step it shows.

#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/image/file/load.h"
#include "model/image/normalise.h"
#include "model/image/tiles.h"
#include "model/native/digest.h"
#include "model/native/pipeline.h"
#include "tests/golden_files.h"
#include "tests/golden_model_prompts.h"
#include "tests/model_golden.h"

namespace mono::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A checkpoint folder put together from links: the variant's own files and the tokenizer's.
class AssembledCheckpoint {
 public:
  AssembledCheckpoint(const fs::path& variant, const json& tokenizer) {
    folder_ = fs::temp_directory_path() /
              ("golden_pipeline." + std::to_string(getpid()) + "." + variant.filename().string());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    link_all(golden_data_file(tokenizer.at("config")));
    link(golden_data_file(tokenizer.at("model")));
    link_all(variant);
  }
  ~AssembledCheckpoint() { fs::remove_all(folder_); }
  AssembledCheckpoint(const AssembledCheckpoint&) = delete;
  AssembledCheckpoint& operator=(const AssembledCheckpoint&) = delete;

  const fs::path& folder() const { return folder_; }

 private:
  void link(const fs::path& file) const {
    fs::remove(folder_ / file.filename());
    fs::create_symlink(fs::canonical(file), folder_ / file.filename());
  }
  void link_all(const fs::path& source) const {
    for (const auto& entry : fs::directory_iterator(source)) {
      if (entry.is_regular_file()) link(entry.path());
    }
  }

  fs::path folder_;
};

std::string sha256_of_bytes(const void* data, size_t size) {
  return model::sha256_of(std::string_view(static_cast<const char*>(data), size));
}

model::Request request_of(const json& golden, const json& chat) {
  const auto& image = golden.at("image");
  const auto& settings = chat.at("generation_config_seen_by_generate");
  model::Request request{.id = "golden", .question = chat.at("question_given_to_chat")};
  request.images.push_back({.name = image.at("file"),
                            .path = golden_data_file(image.at("file")),
                            .max_tiles = image.at("max_num")});
  request.decoding = {.max_new_tokens = settings.at("max_new_tokens"),
                      .min_new_tokens = settings.at("min_new_tokens").get<int>()};
  return request;
}

void check_pixels(const json& golden, const model::Request& request,
                  const model::RequestTiles& tiles) {
  const auto& expected = golden.at("image");
  const auto image = model::load_image(request.images.front());
  EXPECT_EQ(sha256_of_bytes(image.samples.data(), image.samples.size()),
            expected.at("rgb_sha256").get<std::string>())
      << "decoded picture";
  ASSERT_EQ(tiles.num_tiles, expected.at("tiles").get<int>());
  const size_t tile_bytes = tiles.pixels.size() / static_cast<size_t>(tiles.num_tiles);
  for (int tile = 0; tile < tiles.num_tiles; ++tile) {
    EXPECT_EQ(
        sha256_of_bytes(tiles.pixels.data() + tile_bytes * static_cast<size_t>(tile), tile_bytes),
        expected.at("tiles_rgb_sha256").at(static_cast<size_t>(tile)).get<std::string>())
        << "tile " << tile;
  }
  std::vector<uint16_t> bf16(tiles.pixels.size());
  model::normalise(tiles.pixels, model::kTileSize, std::span(bf16));
  EXPECT_EQ(sha256_of_bytes(bf16.data(), bf16.size() * sizeof(uint16_t)),
            expected.at("pixel_values_bf16_sha256").get<std::string>());
  std::vector<float> fp32(tiles.pixels.size());
  model::normalise(tiles.pixels, model::kTileSize, std::span(fp32));
  EXPECT_EQ(sha256_of_bytes(fp32.data(), fp32.size() * sizeof(float)),
            expected.at("pixel_values_fp32_sha256").get<std::string>());
}

/// The answer's ids up to the first that may be another, and the text of the golden ids.
void check_answer(const model::Pipeline& pipeline, const model::PreparedRequest& prepared,
                  const json& chat, const Tensors& expected, const Arithmetic& arithmetic) {
  const auto suffix = arithmetic.suffix();
  const auto golden_ids = need(expected, "greedy_ids" + suffix);
  const auto& asked = prepared.engine;
  const auto generation = pipeline.engine().generate(asked.input_ids, asked.pixel_values,
                                                     asked.decoding, asked.stop_ids);
  expect_same_answer(generation.token_ids, golden_ids, need(expected, "margin" + suffix),
                     arithmetic);
  const auto response = pipeline.finish(prepared.response, {.token_ids = ids_of(golden_ids)});
  const auto dtype = arithmetic.name;
  EXPECT_EQ(response.text, chat.at("response_" + dtype).get<std::string>());
  EXPECT_EQ(response.new_tokens, chat.at("generated_tokens_" + dtype).get<int>());
  EXPECT_EQ(response.prompt_tokens, chat.at("prompt_tokens").get<int>());
  if (arithmetic.is_bf16()) return;
  const auto said = pipeline.finish(prepared.response, generation);
  EXPECT_EQ(said.text, response.text);
  EXPECT_EQ(said.new_tokens, response.new_tokens);
}

void check_case(const fs::path& variant, const std::string& name, const Arithmetic& arithmetic) {
  std::ifstream stream(variant / "golden.json");
  const auto golden = json::parse(stream);
  const auto& chat = golden.at("cases").at(name);
  const AssembledCheckpoint checkpoint(variant, golden.at("tokenizer"));
  const model::Pipeline pipeline(checkpoint.folder(),
                                 {.device = golden_device_name(), .dtype = arithmetic.name});
  const auto request = request_of(golden, chat);
  check_pixels(golden, request, pipeline.tiles(request));

  const auto expected = read_tensors(variant / "cases" / (name + ".safetensors"));
  const auto prepared = pipeline.prepare(request);
  EXPECT_EQ(prepared.engine.input_ids, ids_of(need(expected, "input_ids")));
  check_answer(pipeline, prepared, chat, expected, arithmetic);
}

int add_prompts(const fs::path& folder) {
  const auto prompts = std::make_shared<json>(json::parse(std::ifstream(folder / "prompts.json")));
  const AssembledCheckpoint checkpoint(folder, prompts->at("tokenizer"));
  const std::shared_ptr<model::Tokenizer> tokenizer = model::load_tokenizer(checkpoint.folder());
  const auto prefix = folder.filename().string() + "/";
  const auto tokens_per_tile = prompts->at("tokens_per_tile").get<int>();
  int count = 0;
  for (const auto& fields : prompts->at("cases")) {
    register_golden_case("golden_pipeline",
                         prefix + fields.at("template").get<std::string>() + "/" +
                             fields.at("case").get<std::string>(),
                         [=] { check_prompt_case(fields, tokens_per_tile, *tokenizer); });
    ++count;
  }
  register_golden_case("golden_pipeline", prefix + "decode",
                       [=] { check_decoded(prompts->at("decode").at("vectors"), *tokenizer); });
  return count + 1;
}

int add_cases(const fs::path& folder) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (fs::exists(entry.path() / "prompts.json")) {
      try {
        count += add_prompts(entry.path());
      } catch (const std::exception& cause) {
        register_golden_case("golden_pipeline", entry.path().filename().string() + "/malformed",
                             [what = std::string(cause.what())] { FAIL() << what; });
        ++count;
      }
    }
    const auto file = entry.path() / "golden.json";
    if (!fs::exists(file)) continue;
    std::ifstream stream(file);
    const auto golden = json::parse(stream);
    if (!golden.contains("image") || !golden.contains("tokenizer")) continue;
    for (const auto& chat : golden.at("cases").items()) {
      for (const Arithmetic& arithmetic :
           {Arithmetic{.name = "fp32"}, Arithmetic{.name = "bf16", .dtype = at::kBFloat16}}) {
        const auto& variant = entry.path();
        const auto& name = chat.key();
        register_golden_case("golden_pipeline",
                             (variant.filename() / name).string().append(".") + arithmetic.name,
                             [=] { check_case(variant, name, arithmetic); });
        ++count;
      }
    }
  }
  if (count > 0) register_golden_case("golden_pipeline", "open answers", check_open_answers);
  return count;
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_golden(argc, argv, "model", mono::tests::add_cases,
                                 "pipeline variant and no prompts.json");
}
