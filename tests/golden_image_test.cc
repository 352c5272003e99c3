#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>

#include "model/adapter.h"
#include "model/image/file/decode.h"
#include "model/image/file/load.h"
#include "model/image/normalise.h"
#include "model/image/resize.h"
#include "model/image/tiles.h"
#include "tests/golden_data.h"
#include "tests/golden_refusals.h"
#include "tests/image_generators.h"

namespace mono::tests {
namespace {

using model::Filter;
using model::RgbImage;
using model::StoredImage;
using nlohmann::json;

const int64_t kMaxPixels = model::ImageInput{}.max_pixels;

StoredImage decoded(const std::string& file) {
  return model::decode_image(bytes_of(golden_data_file(file)), file, kMaxPixels);
}

RgbImage decoded_rgb(const std::string& file) {
  return model::to_rgb(decoded(file));
}

const std::map<std::string, Filter>& filters() {
  static const std::map<std::string, Filter> known{{"bicubic", Filter::kBicubic},
                                                   {"bilinear", Filter::kBilinear},
                                                   {"nearest", Filter::kNearest}};
  return known;
}

void check_decode(const json& row) {
  const std::string file = row.at("file");
  RgbImage image;
  try {
    image = decoded_rgb(file);
  } catch (const model::SetupError&) {
    if (row.contains("error")) return;
    throw;
  }
  ASSERT_FALSE(row.contains("error"))
      << file << ": decoded, expected a refusal: " << row.at("error");
  const auto size = row.contains("rgb_size") ? row.at("rgb_size") : row.at("size");
  EXPECT_EQ(json({image.width, image.height}), size) << file;
  EXPECT_EQ(sha256(image.pixels), row.at("rgb_sha256").get<std::string>()) << file;
}

void check_jpeg(const json& row) {
  const std::string file = row.at("file");
  std::string mode;
  try {
    const auto image = decoded(file);
    mode = model::mode_name(image.mode);
    const auto written = model::encode_jpeg(image, file);
    ASSERT_FALSE(row.contains("error")) << file << ": written, expected " << row.at("error");
    const auto rgb = model::to_rgb(model::decode_image(written, file, kMaxPixels));
    EXPECT_EQ(sha256(rgb.pixels), row.at("rgb_sha256").get<std::string>()) << file;
    const bool same_file = sha256(written) == row.at("jpeg_sha256").get<std::string>();
    testing::Test::RecordProperty("jpeg_bytes", same_file ? "equal" : "other metadata");
  } catch (const model::SetupError& refusal) {
    if (row.contains("error")) return;
    if (mode.empty()) throw;
    FAIL() << "mode " << row.at("mode") << ": " << refusal.what();
  }
}

std::vector<uint8_t> from_hex(const std::string& hex) {
  std::vector<uint8_t> bytes(hex.size() / 2);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, bytes[i], 16);
  }
  return bytes;
}

void expect_same_bytes(const std::vector<uint8_t>& actual, const json& row,
                       const std::string& name) {
  if (row.contains("out_hex")) {
    const auto expected = from_hex(row.at("out_hex"));
    ASSERT_EQ(actual.size(), expected.size()) << name;
    const auto at = std::mismatch(actual.begin(), actual.end(), expected.begin());
    ASSERT_TRUE(at.first == actual.end())
        << name << ": byte " << at.first - actual.begin() << ": expected " << int{*at.second}
        << ", got " << int{*at.first};
  }
  EXPECT_EQ(sha256(actual), row.at("out_sha256").get<std::string>()) << name;
}

/// The picture a row names or tells how to generate.
RgbImage picture_of(const json& row) {
  if (row.contains("file")) return decoded_rgb(row.at("file"));
  const auto& size = row.at(row.contains("in") ? "in" : "size");
  auto image = generated(row.at("gen"), row.at("seed"), size.at(0), size.at(1));
  if (row.contains("in_sha256")) {
    EXPECT_EQ(sha256(image.pixels), row.at("in_sha256").get<std::string>()) << "the generator";
  }
  return image;
}

void check_resize(const json& row) {
  const auto filter = filters().find(row.at("filter").get<std::string>());
  if (filter == filters().end()) {
    GTEST_SKIP() << "filter " << row.at("filter") << ": no pipeline uses it";
  }
  const auto image = picture_of(row);
  const auto out = model::resize(image, row.at("out")[0], row.at("out")[1], filter->second);
  expect_same_bytes(out.pixels, row, row.dump().substr(0, 120));
}

/// Pads to a square with (123, 116, 103), the picture in the middle.
RgbImage padded_to_square(const RgbImage& image) {
  const int side = std::max(image.width, image.height);
  RgbImage square{side, side, std::vector<uint8_t>(static_cast<size_t>(side) * side * 3)};
  constexpr uint8_t kColour[] = {123, 116, 103};
  for (size_t i = 0; i < square.pixels.size(); ++i) square.pixels[i] = kColour[i % 3];
  const int left = (side - image.width) / 2;
  const int top = (side - image.height) / 2;
  for (int y = 0; y < image.height; ++y) {
    std::copy_n(image.pixels.data() + static_cast<size_t>(y) * image.width * 3, image.width * 3,
                square.pixels.data() + (static_cast<size_t>(top + y) * side + left) * 3);
  }
  return square;
}

void check_transform(const json& row) {
  auto image = picture_of(row);
  const std::string op = row.at("op");
  if (op == "pad2square448") {
    image = padded_to_square(image);
  } else if (op != "transform448") {
    GTEST_SKIP() << "unknown op " << op;
  }
  const auto resized = model::resize(image, model::kTileSize, model::kTileSize, Filter::kBicubic);
  std::vector<float> values(resized.pixels.size());
  model::normalise(resized.pixels, model::kTileSize, std::span<float>(values));
  EXPECT_EQ(sha256(values), row.at("f32_sha256").get<std::string>()) << row.dump();
  std::vector<uint16_t> rounded(resized.pixels.size());
  model::normalise(resized.pixels, model::kTileSize, std::span<uint16_t>(rounded));
  EXPECT_EQ(sha256(rounded), row.at("bf16_sha256").get<std::string>()) << row.dump();
}

template <typename T>
void check_table(const json& expected, const std::array<std::array<T, 256>, 3>& table) {
  for (size_t channel = 0; channel < 3; ++channel) {
    ASSERT_EQ(expected.at(channel).size(), 256U);
    for (size_t byte = 0; byte < 256; ++byte) {
      uint32_t bits = 0;
      std::memcpy(&bits, &table[channel][byte], sizeof(T));
      const auto got = hex_digits(bits, sizeof(T) * 2);
      ASSERT_EQ(got, expected[channel][byte].get<std::string>())
          << "channel " << channel << ", byte " << byte;
    }
  }
}

void check_normalise_table(const std::filesystem::path& file) {
  const auto golden = json::parse(bytes_of(file));
  check_table(golden.at("f32_hex"), model::normalise_table());
  check_table(golden.at("bf16_hex"), model::normalise_table_bf16());
}

std::string row_name(const std::string& file, size_t index, const json& row) {
  std::string name = file;
  name.append("/").append(std::to_string(index + 1));
  for (const char* const key : {"file", "gen", "filter", "op"}) {
    if (row.contains(key)) name.append(" ").append(row.at(key).get<std::string>());
  }
  return name;
}

int add_cases(const std::filesystem::path& folder) {
  const std::map<std::string, void (*)(const json&)> checks{{"decode.jsonl", check_decode},
                                                            {"resize.jsonl", check_resize},
                                                            {"resize_real.jsonl", check_resize},
                                                            {"transform.jsonl", check_transform},
                                                            {"vek2024_jpeg.jsonl", check_jpeg}};
  int count = 0;
  const auto add = [&](const std::string& name, std::function<void()> body) {
    register_golden_case("golden_image", name, std::move(body));
    ++count;
  };
  for (const auto& path : golden_files(folder, ".jsonl")) {
    const std::string name = path.filename().string();
    const auto check = checks.find(name);
    if (check == checks.end()) {
      add(name, [name] { GTEST_SKIP() << name << ": a kind this test does not know"; });
      continue;
    }
    const auto rows = golden_objects(path);
    for (size_t i = 0; i < rows.size(); ++i) {
      add(row_name(name, i, rows[i]), [row = rows[i], body = check->second] {
        check_picture(row.value("file", ""), [&] { body(row); });
      });
    }
  }
  for (const auto& path : golden_files(folder, ".json")) {
    const std::string name = path.filename().string();
    if (name == "normalise_table.json") {
      add(name, [path] { check_normalise_table(path); });
    } else {
      add(name, [name] { GTEST_SKIP() << name << ": a kind this test does not know"; });
    }
  }
  return count;
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_golden(argc, argv, "image", mono::tests::add_cases);
}
