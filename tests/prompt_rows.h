#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/adapter.h"
#include "tasks/sample.h"

/// What the golden test of prompts knows of a record's data and of its pictures.
namespace mono::tests {

inline std::string table_of(const nlohmann::json& row) {
  return row.contains("tsv") ? row["tsv"].get<std::string>() : row.at("dataset").get<std::string>();
}

/// Captioning has pictures alone, which InternVL's scripts find in an annotation file.
inline bool is_caption(const nlohmann::json& row) {
  return !row.contains("tsv") && !row.at("row").contains("question") &&
         row.contains("result_image_id");
}

/// How the rows' samples are found: by `index` in a table, by the id a row has as `sample_id` or, a
/// caption, by its picture's, and else by their place in files of lines.
inline std::vector<std::string> ids_of(const std::vector<nlohmann::json>& golden) {
  std::map<std::string, size_t> num_rows;
  std::vector<std::string> ids;
  for (const auto& row : golden) {
    const auto position = num_rows[table_of(row)]++;
    nlohmann::json id = position;
    if (row.contains("tsv")) {
      id = row.at("row").at("index");
    } else if (row.contains("sample_id")) {
      id = row["sample_id"];
    } else if (is_caption(row)) {
      id = row["result_image_id"];
    }
    ids.push_back(id.is_string() ? id.get<std::string>() : id.dump());
  }
  return ids;
}

inline tasks::Sample caption_sample(const nlohmann::json& row) {
  tasks::Sample sample{.id = row.at("result_image_id").dump()};
  const auto& fields = row.at("row");
  const std::string name = fields.contains("image") ? fields["image"] : fields.at("file_name");
  sample.images.push_back({name, tasks::ImageSource(name)});
  return sample;
}

/// The row as a line of InternVL's layout; MMMU's pictures are told apart from it.
inline nlohmann::json line_of(const nlohmann::json& row) {
  auto line = row.at("row");
  for (const auto& image : row.value("images", nlohmann::json::array())) {
    line["image_" + image.at("slot").dump()] = "slot " + image["slot"].dump();
  }
  return line;
}

inline std::string difference(const std::string& what, const nlohmann::json& expected,
                              const nlohmann::json& actual) {
  return expected == actual ? ""
                            : what + ": expected " + expected.dump() + ", got " + actual.dump();
}

/// Each picture as it was handed over for tiling: limit, size after doubling, colour mode. Whether
/// there is a thumbnail is the checkpoint's to say and no part of a request: `tiles` tells.
inline std::string check_tiling_calls(const nlohmann::json& row, const model::Request& request) {
  const auto& calls = row.at("tiling_calls");
  const auto one_picture =
      row.contains("image_info") ? nlohmann::json::array({row["image_info"]}) : nlohmann::json();
  const auto pictures = row.value("images", one_picture);  // as they are in their files
  if (auto text = difference("number of images", calls.size(), request.images.size());
      !text.empty()) {
    return text;
  }
  for (size_t i = 0; i < calls.size(); ++i) {
    const auto& image = request.images[i];
    const auto& mode = calls[i].at("mode");
    auto expected = calls[i];
    expected.erase("use_thumbnail");
    nlohmann::json actual = {{"max_num", image.max_tiles},
                             {"size", calls[i].at("size")},
                             {"mode", image.keeps_stored_mode ? mode : nlohmann::json("RGB")}};
    if (!pictures.is_null()) {
      actual["size"] = pictures.at(i).at("size");
      for (auto& side : actual["size"]) side = side.get<int>() * (image.doubles_size ? 2 : 1);
      actual["mode"] = image.keeps_stored_mode ? pictures[i].at("mode") : nlohmann::json("RGB");
    }
    if (auto text = difference("tiling_calls", expected, actual); !text.empty()) return text;
  }
  return "";
}

}  // namespace mono::tests
