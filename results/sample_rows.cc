#include "results/sample_rows.h"

#include <simdjson.h>

#include <fstream>
#include <functional>
#include <unordered_map>
#include <utility>

#include "model/adapter.h"
#include "model/json_text.h"
#include "results/line_blocks.h"
#include "results/schema.h"

namespace mono::results {

using model::fail;
using nlohmann::ordered_json;
namespace dom = simdjson::dom;

namespace {

static_assert(PaddedLine::kPadding >= simdjson::SIMDJSON_PADDING);

uint64_t hash_of(std::string_view text) {
  return std::hash<std::string_view>()(text);
}

/// The rows of a file, one after the other.
class RowParser {
 public:
  SampleRow operator()(const PaddedLine& line) {
    const dom::object fields =
        parser_.parse(line.text.data(), line.text.size(), /*realloc_if_needed=*/false);
    SampleRow row{.id = std::string(std::string_view(fields["id"])),
                  .response = hash_of(fields["response"]),
                  .offset = line.offset};
    read_outcome(fields, row);
    read_image(fields, row);
    return row;
  }

 private:
  static void read_outcome(const dom::object& fields, SampleRow& row) {
    if (!std::string_view(fields["error"]).empty()) {
      row.state = RowState::kFailed;
      return;
    }
    dom::object score;
    if (fields["score"].get(score) != simdjson::SUCCESS) return;
    row.state = RowState::kScored;
    row.value = score["value"];
    row.is_counted = score["is_counted"];
    std::string_view state;
    if (score["state"].get(state) != simdjson::SUCCESS) return;
    if (state == "unscored") row.state = RowState::kUnscored;
    if (state == "failed") row.state = RowState::kNoScore;
  }

  /// Where nothing was computed from the pixels, pictures of one text in the data file are one, and
  /// where there is none, those of one name.
  static void read_image(const dom::object& fields, SampleRow& row) {
    for (const auto& [field, identity] : {std::pair{"pixels_sha256", ImageIdentity::kPixels},
                                          std::pair{"images_sha256", ImageIdentity::kTexts}}) {
      std::string_view digest;
      if (fields[field].get(digest) != simdjson::SUCCESS || digest.empty()) continue;
      row.image_by = identity;
      row.image = hash_of(digest);
      return;
    }
    std::string names;
    dom::array images;
    if (fields["request"]["images"].get(images) == simdjson::SUCCESS) {
      for (const auto image : images) names.append(std::string_view(image["name"])).append("\n");
    }
    row.image = hash_of(names.empty() ? row.id : names);
  }

  dom::parser parser_{};
};

ordered_json header_of(std::string_view line, const std::string& where) {
  const auto parsed = model::json_or_discarded<ordered_json>(line);
  if (!parsed.is_object() || !parsed.contains("header")) {
    fail(where, ": expected the header of a run log");
  }
  return parsed["header"];
}

void check_unique(const std::vector<SampleRow>& rows, const std::string& file) {
  std::unordered_map<std::string_view, size_t> seen;
  seen.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto [known, is_new] = seen.emplace(rows[i].id, i);
    if (!is_new) {
      fail(file, ":", i + 2, ": id '", rows[i].id, "' is already in line ", known->second + 2);
    }
  }
}

}  // namespace

SampleRows read_sample_rows(const std::filesystem::path& path) {
  SampleRows samples;
  RowParser parse;
  samples.is_torn = !for_each_whole_line(path, [&](const PaddedLine& line) {
    const auto where = path.string() + ":" + std::to_string(line.number);
    if (line.number == 1) {
      samples.header = header_of(line.text, where);
      check_schema(samples.header, "mono-eval.samples", where);
      return;
    }
    try {
      samples.rows.push_back(parse(line));
    } catch (const simdjson::simdjson_error& cause) {
      fail(where, ": expected a row with id, response, error and score: ", cause.what());
    }
  });
  if (samples.header.is_null())
    fail(path.string(), ": no header; not a run log, or one just begun");
  check_unique(samples.rows, path.string());
  return samples;
}

ordered_json sample_row_at(const std::filesystem::path& path, int64_t offset) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  if (!file.seekg(offset) || !std::getline(file, line)) fail(path.string(), ": cannot read a row");
  auto row = model::json_or_discarded<ordered_json>(line);
  if (!row.is_object()) fail(path.string(), ": no row at byte ", offset);
  return row;
}

}  // namespace mono::results
