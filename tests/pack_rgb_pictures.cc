// Decodes the golden pictures whose bytes tiles_from_rgb must give, for a machine that cannot:
//
//   pack_rgb_pictures TO [MOST_BYTES]
//
// Reads MONO_GOLDEN; TO gets rgb/*.ppm and rgb/pictures.jsonl (tests/rgb_pictures.h). Without
// MOST_BYTES every picture that decodes, else the smallest of those with digests of their tiles.
// Pictures that the reference resizes in another mode than RGB are left out. Exit code 77 without
// golden data.

#include "tests/rgb_pictures.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "model/adapter.h"
#include "model/image/file/load.h"
#include "tests/golden_data.h"

namespace mono::tests {
namespace {

using nlohmann::json;

struct Picture {
  model::RgbImage image{};
  std::vector<json> rows{};
};

/// By name of the file and whether its size is doubled.
using Pictures = std::map<std::pair<std::string, bool>, Picture>;

/// Nothing where the file does not decode, or is resized in another mode.
std::optional<model::RgbImage> decoded(const std::string& name, bool doubles_size,
                                       bool keeps_stored_mode) {
  try {
    const model::ImageInput input{.name = name,
                                  .path = golden_data_file(name),
                                  .doubles_size = doubles_size,
                                  .keeps_stored_mode = keeps_stored_mode};
    auto stored = model::load_image(input);
    const bool is_rgb =
        stored.mode == model::StoredMode::kRgb || stored.mode == model::StoredMode::kGray;
    if (!is_rgb) return {};
    return model::to_rgb(std::move(stored));
  } catch (const model::SetupError&) {
    return {};
  }
}

void add(Pictures& pictures, const std::string& pipeline, json row) {
  const std::string name = row.at("from");
  const bool doubles_size = pipeline.find("bilinear_x2") != std::string::npos;
  const bool keeps_stored_mode = pipeline.find("native") != std::string::npos;
  auto image = decoded(name, doubles_size, keeps_stored_mode);
  if (!image) return;
  auto& picture = pictures[{name, doubles_size}];
  picture.image = *std::move(image);
  picture.rows.push_back(std::move(row));
}

Pictures with_digests(const std::filesystem::path& golden) {
  Pictures pictures;
  for (const auto& row : golden_objects(golden / "tiles/pixel_values.jsonl")) {
    add(pictures, row.at("pipeline"),
        {{"from", row.at("file")},
         {"max_num", row.at("max_num")},
         {"use_thumbnail", row.at("use_thumbnail")},
         {"f32_sha256", row.at("f32_sha256")},
         {"bf16_sha256", row.at("bf16_sha256")}});
  }
  return pictures;
}

void add_others(Pictures& pictures, const std::filesystem::path& golden) {
  for (const auto& row : golden_objects(golden / "image/decode.jsonl")) {
    if (row.contains("error")) continue;
    const std::string name = row.at("file");
    if (pictures.contains({name, false})) continue;
    add(pictures, "convert_rgb_first", {{"from", name}, {"max_num", 1}, {"use_thumbnail", true}});
  }
}

std::vector<Picture> smallest_of(Pictures pictures, size_t most_bytes) {
  std::vector<Picture> sorted;
  for (auto& [name, picture] : pictures) sorted.push_back(std::move(picture));
  std::stable_sort(sorted.begin(), sorted.end(), [](const Picture& a, const Picture& b) {
    return a.image.pixels.size() < b.image.pixels.size();
  });
  size_t num_bytes = 0;
  const auto end = std::find_if(sorted.begin(), sorted.end(), [&](const Picture& picture) {
    num_bytes += picture.image.pixels.size();
    return num_bytes > most_bytes;
  });
  sorted.erase(end, sorted.end());
  return sorted;
}

void write(const std::vector<Picture>& pictures, const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::ofstream list(folder / kRgbPictures);
  for (size_t i = 0; i < pictures.size(); ++i) {
    const auto file = std::to_string(i + 1) + ".ppm";
    write_ppm(folder / file, pictures[i].image);
    for (auto row : pictures[i].rows) {
      row["file"] = file;
      list << row.dump() << "\n";
    }
  }
  if (!list.flush()) throw std::runtime_error(folder.string() + ": cannot write");
}

int run(const std::filesystem::path& to, std::optional<size_t> most_bytes) {
  const auto golden = golden_root();
  if (!std::filesystem::exists(golden / "tiles/pixel_values.jsonl")) {
    std::filesystem::remove_all(to / "rgb");
    std::printf("skipped: %s has no pixel_values.jsonl; set MONO_GOLDEN\n", golden.c_str());
    return 77;
  }
  auto pictures = with_digests(golden);
  if (!most_bytes) add_others(pictures, golden);
  const auto chosen = smallest_of(std::move(pictures), most_bytes.value_or(SIZE_MAX));
  write(chosen, to / "rgb");
  std::printf("%zu pictures\n", chosen.size());
  return chosen.empty() ? 1 : 0;
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: pack_rgb_pictures TO [MOST_BYTES]\n");
    return 2;
  }
  try {
    return mono::tests::run(argv[1],
                            argc > 2 ? std::optional<size_t>(std::stoull(argv[2])) : std::nullopt);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pack_rgb_pictures: %s\n", error.what());
    return 1;
  }
}
