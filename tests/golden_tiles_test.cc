#include <algorithm>
#include <map>
#include <sstream>

#include "model/adapter.h"
#include "model/image/file/decode.h"
#include "model/image/file/load.h"
#include "model/image/normalise.h"
#include "model/image/tiles.h"
#include "tests/golden_data.h"
#include "tests/golden_refusals.h"

namespace mono::tests {
namespace {

using nlohmann::json;

void expect_plan(const json& row, int max_tiles, bool use_thumbnail, const json& grid,
                 const json& num_tiles) {
  const auto plan = model::plan_tiles(
      row.at("w"), row.at("h"),
      {.min_tiles = row.at("min_num"), .max_tiles = max_tiles, .use_thumbnail = use_thumbnail});
  EXPECT_EQ(json({plan.columns, plan.rows}), grid) << row.dump() << " max_num " << max_tiles;
  EXPECT_EQ(plan.num_tiles(), num_tiles.get<int>()) << row.dump() << " max_num " << max_tiles;
}

void check_grids(const std::filesystem::path& file) {
  for (const auto& row : golden_objects(file)) {
    ASSERT_FALSE(row.at("grid").empty());
    for (const auto& [max_tiles, grid] : row.at("grid").items()) {
      const int most = std::stoi(max_tiles);
      expect_plan(row, most, true, grid, row.at("tiles_thumb").at(max_tiles));
      expect_plan(row, most, false, grid, row.at("tiles_plain").at(max_tiles));
    }
  }
}

void check_grids_min_num(const std::filesystem::path& file) {
  for (const auto& row : golden_objects(file)) {
    expect_plan(row, row.at("max_num"), true, row.at("grid"), row.at("tiles_thumb"));
  }
}

/// The picture as a pipeline of golden/tiles/README.md hands it to the tiling.
model::ImageInput input_of(const json& row) {
  const std::string pipeline = row.at("pipeline");
  model::ImageInput input{.name = row.at("file")};
  input.path = golden_data_file(input.name);
  input.doubles_size = pipeline.find("bilinear_x2") != std::string::npos;
  input.keeps_stored_mode = pipeline.find("native") != std::string::npos;
  return input;
}

bool is_known_pipeline(const std::string& name) {
  constexpr const char* kKnown[] = {"convert_rgb_first", "mmmu_bilinear_x2_first",
                                    "native_mode_convert_after_tiling", "mmmu_native_bilinear_x2"};
  return std::find(std::begin(kKnown), std::end(kKnown), name) != std::end(kKnown);
}

void expect_tiles(const json& row, const std::vector<uint8_t>& tiles,
                  const std::vector<uint16_t>& values) {
  const size_t size = tiles.size() / row.at("tiles").size();
  for (size_t i = 0; i < row.at("tiles").size(); ++i) {
    const auto& tile = row.at("tiles")[i];
    ASSERT_EQ(sha256(std::span(tiles).subspan(i * size, size)),
              tile.at("u8_sha256").get<std::string>())
        << row.at("file") << ", pixels of tile " << i;
    ASSERT_EQ(sha256(std::span(values).subspan(i * size, size)),
              tile.at("bf16_sha256").get<std::string>())
        << row.at("file") << ", values of tile " << i;
  }
}

void check_pixel_values(const json& row) {
  if (!is_known_pipeline(row.at("pipeline"))) {
    GTEST_SKIP() << "pipeline " << row.at("pipeline") << " is not known";
  }
  const auto image = model::load_image(input_of(row));
  ASSERT_EQ(json({image.width, image.height}), row.at("size"));
  const auto plan =
      model::plan_tiles(image.width, image.height,
                        {.max_tiles = row.at("max_num"), .use_thumbnail = row.at("use_thumbnail")});
  ASSERT_EQ(json({plan.columns, plan.rows}), row.at("grid"));
  ASSERT_EQ(json({plan.num_tiles(), 3, plan.tile_size, plan.tile_size}), row.at("shape"));

  const auto tiles = model::cut_tiles(image, plan);
  std::vector<uint16_t> rounded(tiles.size());
  model::normalise(tiles, plan.tile_size, std::span<uint16_t>(rounded));
  ASSERT_EQ(static_cast<size_t>(plan.num_tiles()), row.at("tiles").size());
  expect_tiles(row, tiles, rounded);
  EXPECT_EQ(sha256(rounded), row.at("bf16_sha256").get<std::string>()) << row.at("file");
  std::vector<float> values(tiles.size());
  model::normalise(tiles, plan.tile_size, std::span<float>(values));
  EXPECT_EQ(sha256(values), row.at("f32_sha256").get<std::string>()) << row.at("file");
}

/// Pixels of a binary PPM file.
model::RgbImage read_ppm(const std::filesystem::path& path) {
  const auto bytes = bytes_of(path);
  std::istringstream head(std::string(bytes.begin(), bytes.begin() + 32));
  std::string magic;
  model::RgbImage image;
  int highest = 0;
  head >> magic >> image.width >> image.height >> highest;
  const auto num_bytes = static_cast<ptrdiff_t>(image.width) * image.height * 3;
  if (magic != "P6" || highest != 255 || num_bytes <= 0 ||
      num_bytes > static_cast<ptrdiff_t>(bytes.size())) {
    throw std::runtime_error(path.string() + ": no binary PPM file");
  }
  image.pixels.assign(bytes.end() - num_bytes, bytes.end());
  return image;
}

/// raw/<image>_max12.ppm is the first tile of the row with that image, convert_rgb_first.
void check_raw(const std::filesystem::path& path) {
  const std::string stem = path.stem().string();
  const auto end = stem.rfind("_max");
  ASSERT_NE(end, std::string::npos) << path;
  const int max_tiles = std::stoi(stem.substr(end + 4));
  const auto expected = read_ppm(path);
  for (const auto& row : golden_objects(path.parent_path().parent_path() / "pixel_values.jsonl")) {
    const auto file = golden_data_file(row.at("file"));
    if (file.stem() != stem.substr(0, end) || row.at("max_num") != max_tiles ||
        row.at("pipeline") != "convert_rgb_first" ||
        row.at("tiles").at(0).at("u8_sha256") != sha256(expected.pixels)) {
      continue;
    }
    const auto image = model::load_image(input_of(row));
    const auto plan = model::plan_tiles(image.width, image.height, {.max_tiles = max_tiles});
    const auto tiles = model::cut_tiles(image, plan);
    ASSERT_LE(expected.pixels.size(), tiles.size());
    const auto at = std::mismatch(expected.pixels.begin(), expected.pixels.end(), tiles.begin());
    ASSERT_TRUE(at.first == expected.pixels.end())
        << path << ": byte " << at.first - expected.pixels.begin() << ": expected "
        << int{*at.first} << ", got " << int{*at.second};
    return;
  }
  FAIL() << path << ": pixel_values.jsonl has no row with this tile";
}

int add_cases(const std::filesystem::path& folder) {
  int count = 0;
  const auto add = [&](const std::string& name, std::function<void()> body) {
    register_golden_case("golden_tiles", name, std::move(body));
    ++count;
  };
  for (const auto& path : golden_files(folder, ".jsonl")) {
    const std::string name = path.filename().string();
    if (name == "grids.jsonl") {
      add(name, [path] { check_grids(path); });
    } else if (name == "grids_min_num.jsonl") {
      add(name, [path] { check_grids_min_num(path); });
    } else if (name == "pixel_values.jsonl") {
      const auto rows = golden_objects(path);
      for (size_t i = 0; i < rows.size(); ++i) {
        add(name + "/" + std::to_string(i + 1) + " " + rows[i].at("pipeline").get<std::string>() +
                " " + rows[i].at("file").get<std::string>(),
            [row = rows[i]] { check_picture(row.at("file"), [&] { check_pixel_values(row); }); });
      }
    } else {
      add(name, [name] { GTEST_SKIP() << name << ": a kind this test does not know"; });
    }
  }
  if (std::filesystem::is_directory(folder / "raw")) {
    for (const auto& path : golden_files(folder / "raw", ".ppm")) {
      add("raw/" + path.filename().string(), [path] { check_raw(path); });
    }
  }
  return count;
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_golden(argc, argv, "tiles", mono::tests::add_cases);
}
