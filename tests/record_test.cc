#include "evaluator/record.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace mono::evaluator {
namespace {

nlohmann::ordered_json recorded(const model::ImageInput& image) {
  return request_json({.id = "1", .images = {image}}).at("images").at(0);
}

TEST(RecordTest, SaysWhatIsDoneToAPicture) {
  const std::pair<const char*, bool model::ImageInput::*> kSteps[] = {
      {"doubles_size", &model::ImageInput::doubles_size},
      {"reencodes_as_jpeg", &model::ImageInput::reencodes_as_jpeg},
      {"drops_alpha_of_gray", &model::ImageInput::drops_alpha_of_gray},
      {"keeps_stored_mode", &model::ImageInput::keeps_stored_mode}};
  const nlohmann::ordered_json plain = {{"name", "a.png"}, {"max_tiles", 12}};
  EXPECT_EQ(recorded({.name = "a.png", .max_tiles = 12}), plain);
  for (const auto& [name, step] : kSteps) {
    model::ImageInput image{.name = "a.png", .max_tiles = 12};
    image.*step = true;
    auto expected = plain;
    expected[name] = true;
    EXPECT_EQ(recorded(image), expected) << name;
  }
}

}  // namespace
}  // namespace mono::evaluator
