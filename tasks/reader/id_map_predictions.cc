#include "tasks/reader/id_map_predictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "model/json_text.h"
#include "tasks/reader/joined_predictions.h"
#include "tasks/reader/json_cells.h"
#include "tasks/reader/json_lines.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/reader/samples.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

using nlohmann::json;
using Entries = std::vector<std::pair<std::string, json>>;  // in the order of the file

constexpr const char* kMmVetFile = "mm-vet.json";

/// The entries of a file that holds one object and nothing else; none for a file of rows.
Entries read_entries(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  const auto text = file->text();
  const auto first_line = text.substr(0, text.find('\n'));
  const bool has_more = text.find_first_not_of(" \t\r\n", first_line.size()) != text.npos;
  if (has_more && json::accept(first_line)) return {};  // JSON Lines
  return json_entries(text);
}

/// Whether more than half of the entries are; the others cannot be used.
bool most_values(const Entries& entries, bool (*is_wanted)(const json&)) {
  const auto num_wanted = std::count_if(entries.begin(), entries.end(),
                                        [&](const auto& entry) { return is_wanted(entry.second); });
  return 2 * num_wanted > std::ssize(entries);
}

std::string format_of(const Entries& entries) {
  const bool is_problems = most_values(entries, [](const json& value) {
    return value.is_object() && value.contains("question_type") && value.contains("response");
  });
  if (is_problems) return "mathvista-json";
  const bool is_grades = most_values(entries, [](const json& value) {
    return value.is_object() && value.contains("score") && value["score"].is_array();
  });
  if (is_grades) return "mmvet-grades-json";
  const bool is_responses =
      most_values(entries, [](const json& value) { return value.is_string(); }) &&
      entries.front().first.starts_with("v1_");
  return is_responses ? "mmvet-json" : "";
}

std::string literal_of(const json& list) {
  std::string text = "[";
  for (const auto& element : list) {
    if (text.size() > 1) text += ", ";
    if (element.is_string()) {
      const auto escaped = replace_all(element.get<std::string>(), "\\", "\\\\");
      text += "'" + replace_all(replace_all(escaped, "'", "\\'"), "\n", "\\n") + "'";
    } else {
      text += element.dump();
    }
  }
  return text + "]";
}

/// What Python's str() makes of a stored extraction.
std::string extraction_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "None";
  if (value.is_array()) return literal_of(value);
  const auto cells = cells_of_json({{"value", value}});
  return cells.empty() ? value.dump() : cell_text(cells.front().second);
}

Row math_row(const json& problem, const std::string& where) {
  if (!problem.is_object()) {
    model::fail(where, ": expected a JSON object, got ", problem.type_name());
  }
  Row row{.sample = std::make_shared<const Sample>(math_sample(problem, where)),
          .response = json_text(problem, "response", where)};
  const auto extraction = problem.find("extraction");
  if (extraction != problem.end()) row.stored_verdicts.push_back(extraction_text(*extraction));
  return row;
}

/// Questions of MM-Vet by id.
class MmVetQuestions {
 public:
  MmVetQuestions(const std::filesystem::path& predictions, bool has_samples) {
    if (has_samples) return;
    path_ = find_beside(predictions, kMmVetFile);
    if (path_.empty()) {
      model::fail(predictions.string(), ": holds no questions; expected ", kMmVetFile,
                  " beside it or above, or --data");
    }
    questions_ = read_json_file(path_);
  }

  /// None where the caller knows them.
  std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    for (const auto& [id, question] : questions_.items()) ids.push_back(id);
    return ids;
  }

  Sample sample(const std::string& id, const std::string& where) const {
    if (path_.empty()) return {.id = id};
    const auto found = questions_.find(id);
    if (found == questions_.end())
      model::fail(where, ": not among the questions of ", path_.string());
    return mmvet_sample(id, *found, path_.string() + ": entry '" + id + "'");
  }

 private:
  std::filesystem::path path_;
  json questions_;
};

std::vector<std::string> grades_of(const json& entry, const std::string& where) {
  if (!entry.is_object()) {
    model::fail(where, ": expected a JSON object, got ", entry.type_name());
  }
  const auto& list = json_field(entry, "score", where);
  if (!list.is_array()) {
    model::fail(where, ": field 'score': expected a list, got ", list.type_name());
  }
  std::vector<std::string> grades;
  for (const auto& grade : list) {
    if (!grade.is_number()) {
      model::fail(where, ": field 'score': expected numbers, got ", grade.type_name());
    }
    grades.push_back(cell_text(Cell(grade.get<double>())));
  }
  return grades;
}

/// \param are_grades  Whether entries are what the grader stores, and not responses.
Row mmvet_row(const std::string& id, const json& entry, bool are_grades,
              const MmVetQuestions& questions, const std::string& where) {
  Row row{.sample = std::make_shared<const Sample>(questions.sample(id, where))};
  if (are_grades) {
    row.stored_verdicts = grades_of(entry, where);
  } else {
    if (!entry.is_string()) model::fail(where, ": expected a text, got ", entry.type_name());
    row.response = entry.get<std::string>();
  }
  return row;
}

/// Rows of the entries, and failed ones of the questions that have none.
std::vector<Row> mmvet_rows(const Entries& entries, bool are_grades,
                            const MmVetQuestions& questions, const std::string& file) {
  std::vector<Row> rows;
  std::set<std::string> seen;
  for (const auto& [id, entry] : entries) {
    const auto where = fmt::format("{}: entry '{}'", file, id);
    rows.push_back(row_or_failed(json::object(), id, where, [&, &id = id, &entry = entry] {
      return mmvet_row(id, entry, are_grades, questions, where);
    }));
    seen.insert(id);
  }
  for (const auto& id : questions.ids()) {
    if (seen.contains(id)) continue;
    const auto why = fmt::format("{}: no entry '{}'", file, id);
    rows.push_back(failed_prediction(json::object(), id, why));
  }
  return rows;
}

}  // namespace

std::filesystem::path find_beside(const std::filesystem::path& file, const std::string& name) {
  constexpr int kMaxFolders = 4;
  auto folder = std::filesystem::absolute(file).parent_path();
  for (int i = 0; i < kMaxFolders; ++i, folder = folder.parent_path()) {
    if (std::filesystem::is_regular_file(folder / name)) return folder / name;
  }
  return {};
}

Sample math_sample(const json& problem, const std::string& where) {
  auto cells = cells_of_json(problem);
  if (const auto metadata = problem.find("metadata"); metadata != problem.end()) {
    const auto more = cells_of_json(*metadata);
    cells.insert(cells.end(), more.begin(), more.end());
    const auto skills = metadata->find("skills");
    if (skills != metadata->end()) cells.emplace_back("skills", literal_of(*skills));
  }
  auto sample = sample_of_cells(std::move(cells), where);
  const auto choices = problem.find("choices");
  if (choices != problem.end() && choices->is_array()) {
    for (const auto& choice : *choices) {
      const char letter = static_cast<char>('A' + sample.choices.size());
      sample.choices.push_back({letter, extraction_text(choice)});
    }
  }
  return sample;
}

Sample mmvet_sample(const std::string& id, const json& question, const std::string& where) {
  std::string category;
  for (const auto& name : json_field(question, "capability", where)) {
    if (!name.is_string()) model::fail(where, ": field 'capability': expected a list of texts");
    category += (category.empty() ? "" : ",") + name.get<std::string>();
  }
  return sample_of_cells({{"index", id},
                          {"question", json_text(question, "question", where)},
                          {"answer", json_text(question, "answer", where)},
                          {"category", category}},
                         where);
}

std::optional<PredictionSet> read_id_map(const std::filesystem::path& path, bool has_samples) {
  const auto entries = read_entries(path);
  if (entries.empty()) return std::nullopt;
  PredictionSet set{.rows = {}, .format = format_of(entries)};
  if (set.format.empty()) return std::nullopt;
  const auto place = [&](const std::string& id) { return path.string() + ": entry '" + id + "'"; };
  if (set.format == "mathvista-json") {
    for (const auto& [id, problem] : entries) {
      const auto where = place(id);
      set.rows.push_back(row_or_failed(
          json::object(), id, where, [&, &problem = problem] { return math_row(problem, where); }));
    }
  } else {
    const bool are_grades = set.format == "mmvet-grades-json";
    set.rows = mmvet_rows(entries, are_grades, MmVetQuestions(path, has_samples), path.string());
  }
  refuse_if_all_failed(set.rows);
  return set;
}

}  // namespace mono::tasks
