#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "model/image/file/load.h"
#include "model/image/tiles.h"
#include "tasks/registry.h"
#include "tests/golden_files.h"
#include "tests/golden_prompts_data.h"
#include "tests/prompt_rows.h"
#include "tests/task_cases.h"

namespace mono::tests {
namespace {

using nlohmann::json;

template <typename T>
json or_absent(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

/// Generation settings as the reference passes them; a key it does not pass counts as null.
std::string check_decoding(const json& expected, const model::Decoding& decoding) {
  json actual = {{"do_sample", decoding.do_sample},
                 {"max_new_tokens", decoding.max_new_tokens},
                 {"min_new_tokens", or_absent(decoding.min_new_tokens)},
                 {"temperature", or_absent(decoding.temperature)},
                 {"top_p", or_absent(decoding.top_p)},
                 {"top_k", or_absent(decoding.top_k)},
                 {"num_beams", or_absent(decoding.num_beams)},
                 {"repetition_penalty", or_absent(decoding.repetition_penalty)},
                 {"length_penalty", or_absent(decoding.length_penalty)}};
  for (const auto& [key, value] : expected.items()) {
    if (key == "eos_token_id" && value == "tokenizer.eos_token_id") continue;  // always so here
    if (!actual.contains(key)) return "generation_config: unknown key " + key;
  }
  for (const auto& [key, value] : actual.items()) {
    const auto wanted = expected.value(key, json());
    if (wanted != value) {
      return "generation_config " + key + ": expected " + wanted.dump() + ", got " + value.dump();
    }
  }
  return "";
}

json parts_of(const model::Request& request) {
  json parts = json::array();
  for (const auto& part : request.parts) {
    if (part.image < 0) {
      parts.push_back({{"type", "text"}, {"value", part.text}});
    } else {
      const auto& image = request.images.at(static_cast<size_t>(part.image));
      parts.push_back({{"type", "image"}, {"value", image.name}});
    }
  }
  return parts;
}

int tiles_of(const json& size, int max_tiles, bool use_thumbnail = true) {
  return model::plan_tiles(size.at(0), size.at(1),
                           {.max_tiles = max_tiles, .use_thumbnail = use_thumbnail})
      .num_tiles();
}

/// Tiles of each picture, decoded and prepared as the request says.
std::string check_tiles(const json& entry, const model::Request& request) {
  json per_image = json::array();
  int sum = 0;
  for (const auto& input : request.images) {
    const auto image = model::load_image(input);
    per_image.push_back(tiles_of({image.width, image.height}, input.max_tiles));
    sum += per_image.back().get<int>();
  }
  json expected = json::array();
  for (const auto& image : entry.at("images")) expected.push_back(image.at("tiles"));
  if (auto text = difference("tiles per image", expected, per_image); !text.empty()) return text;
  if (auto text = difference("tiles", entry.at("tiles"), sum); !text.empty()) return text;
  return difference("num_patches_list", entry.at("num_patches_list"),
                    request.shares_image_block ? json("not passed") : per_image);
}

/// \returns the first difference between a VLMEvalKit entry and the request, "" if there is none.
std::string check_entry(const json& entry, const model::Request& request,
                        const tasks::Profile& profile) {
  if (auto text = difference("parts", entry.at("parts"), parts_of(request)); !text.empty()) {
    return text;
  }
  if (auto text = difference("question", entry.at("question"), request.question); !text.empty()) {
    return text;
  }
  if (auto text = difference("max_num", entry.at("max_num"), profile.message.max_tiles);
      !text.empty()) {
    return text;
  }
  json images = json::array();
  for (const auto& image : request.images) {
    if (image.bytes == nullptr || image.bytes->empty()) return "images: no bytes";
    images.push_back(
        {{"image", image.name}, {"max_num", image.max_tiles}, {"upscale", image.doubles_size}});
  }
  auto expected = entry.at("images");
  for (auto& image : expected) image.erase("tiles");
  if (auto text = difference("images", expected, images); !text.empty()) return text;
  if (auto text = check_tiles(entry, request); !text.empty()) return text;
  return check_decoding(entry.at("generation_config"), request.decoding);
}

std::string check_vlmevalkit(const json& row, const tasks::Sample& sample, const tasks::Task& task,
                             const tasks::Profile& profile) {
  const std::map<std::string, tasks::Registration> registrations = {
      {"InternVL2-2B", tasks::Registration::kV20},
      {"Mini-InternVL-Chat-2B-V1-5", tasks::Registration::kV15}};
  for (const auto& [name, entry] : row.at("entries").items()) {
    const auto known = registrations.find(name);
    if (known == registrations.end()) return "unknown registration " + name;
    const auto text = check_entry(entry, task.request(sample, profile, known->second), profile);
    if (!text.empty()) return std::string(name).append(", ").append(text);
  }
  return row["entries"].empty() ? "no entry" : "";
}

std::string check_internvl(const json& row, const tasks::Sample& sample, const tasks::Task& task,
                           const tasks::Profile& profile) {
  const auto request = task.request(sample, profile, tasks::Registration::kV20);
  if (auto text = difference("question", row.at("question"), request.question); !text.empty()) {
    return text;
  }
  if (auto text = check_tiling_calls(row, request); !text.empty()) return text;
  const auto& others = row.at("other_chat_arguments");
  if (auto text = difference("other_chat_arguments", others, json::array()); !text.empty()) {
    return text;
  }
  int num_tiles = 0;
  for (const auto& call : row["tiling_calls"]) {
    num_tiles += tiles_of(call.at("size"), call["max_num"], call.value("use_thumbnail", true));
  }
  if (auto text = difference("tiles", row.at("tiles"), num_tiles); !text.empty()) return text;
  return check_decoding(row.at("generation_config"), request.decoding);
}

void check_prompts(const std::filesystem::path& path, const tasks::Task& task,
                   const std::string& profile_name) {
  auto golden = read_golden_rows(path);
  name_samples(golden);
  const auto data = read_data(path, golden, task, profile_name);
  int num_different = 0;
  std::string first;
  const auto ids = ids_of(golden);
  for (size_t i = 0; i < golden.size(); ++i) {
    const auto& row = golden[i];
    const auto& owner = task_of(row, task);
    const auto& samples = data.by_table.at(table_of(row));
    const auto sample = samples.find(ids[i]);
    std::string text = "not among the samples";
    if (sample != samples.end()) {
      const auto& profile = owner.profile(profile_name);
      text = row.contains("entries") ? check_vlmevalkit(row, *sample->second, owner, profile)
                                     : check_internvl(row, *sample->second, owner, profile);
    }
    if (!text.empty() && ++num_different == 1) {
      first = table_of(row) + " row " + ids[i] + ": " + text;
    }
  }
  EXPECT_EQ(num_different, 0) << "first of " << num_different << ": " << first;

  size_t num_samples = 0;
  for (const auto& [table, samples] : data.by_table) num_samples += samples.size();
  EXPECT_EQ(num_samples, golden.size()) << "rows read";
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const auto header = json::parse(line).at("header");
  const auto dropped = header.value("rows_dropped_by_loader", json::array());
  EXPECT_EQ(dropped.size(), static_cast<size_t>(data.dropped)) << "rows dropped";
}

void check_file(const std::filesystem::path& path) {
  const auto name = parse_golden_name(path);
  const auto* const task = tasks::find_task(name.benchmark);
  if (task == nullptr) GTEST_FAIL() << "unknown benchmark " << name.benchmark;
  if (find_profile(*task, name.profile) == nullptr || !name.scorer.empty()) {
    GTEST_FAIL() << "unknown profile " << path.stem().string();
  }
  check_prompts(path, *task, name.profile);
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_golden_files(argc, argv, "prompts", ".jsonl", mono::tests::check_file);
}
