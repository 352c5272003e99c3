#include "tasks/reader/joined_predictions.h"

#include <unordered_map>

#include "model/adapter.h"

namespace mono::tasks {
namespace {

using Samples = std::span<const std::shared_ptr<const Sample>>;

std::string repeated(const std::string& file, const std::string& id, size_t first, size_t second) {
  return file + ": row " + std::to_string(second + 1) + ": id '" + id +
         "' was used before, in row " + std::to_string(first + 1);
}

}  // namespace

void set_repeated_aside(std::vector<Row>& rows, const std::string& file) {
  std::unordered_map<std::string, size_t> seen;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& id = rows[i].sample->id;
    const auto [earlier, is_new] = seen.emplace(id, i);
    if (is_new) continue;
    rows[i].error = repeated(file, id, earlier->second, i);
    auto sample = *rows[i].sample;
    sample.id += " (row " + std::to_string(i + 1) + ")";
    rows[i].sample = std::make_shared<const Sample>(std::move(sample));
  }
}

std::vector<Row> joined(const std::vector<Row>& predictions, Samples samples,
                        const std::string& file) {
  std::unordered_map<std::string, size_t> by_id;
  std::unordered_map<std::string, std::string> ambiguous;
  for (size_t i = 0; i < predictions.size(); ++i) {
    const auto& id = predictions[i].sample->id;
    const auto [earlier, is_new] = by_id.emplace(id, i);
    if (!is_new) ambiguous.emplace(id, repeated(file, id, earlier->second, i));
  }
  std::vector<Row> rows;
  rows.reserve(samples.size());
  for (const auto& sample : samples) {
    auto found = by_id.find(sample->id);
    const auto* const other = sample->cell("id");
    if (found == by_id.end() && other != nullptr) found = by_id.find(cell_text(*other));
    Row row{.sample = sample, .error = sample->fault};
    if (found == by_id.end()) {
      if (row.error.empty()) row.error = "no prediction in " + file;
    } else {
      row.response = predictions[found->second].response;
      row.stored_verdicts = predictions[found->second].stored_verdicts;
      if (row.error.empty()) row.error = predictions[found->second].error;
      const auto twice = ambiguous.find(found->first);
      if (row.error.empty() && twice != ambiguous.end()) row.error = twice->second;
      by_id.erase(found);
    }
    rows.push_back(std::move(row));
  }
  if (!by_id.empty()) {
    model::fail(file, ": ", by_id.size(), " predictions have no sample, id '", by_id.begin()->first,
                "' for one");
  }
  return rows;
}

}  // namespace mono::tasks
