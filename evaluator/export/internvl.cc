// The files InternVL's scripts write, one form a benchmark.
// OpenGVLab/InternVL@2410d1d internvl_chat/eval/*/evaluate_*.py, eval/mme/eval.py.

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "evaluator/export/export.h"
#include "model/adapter.h"
#include "results/file.h"
#include "tasks/metric/mathvista_answer.h"
#include "tasks/text/list_literal.h"
#include "tasks/text/python_number.h"

namespace mono::evaluator {

namespace {

using nlohmann::ordered_json;
using tasks::Row;

/// An id as the scripts' data has it: a number where it is one.
ordered_json id_json(const std::string& id) {
  const auto integer = tasks::parse_int(id);
  const bool is_plain = integer && *integer == id && id.size() < 19;
  return is_plain ? ordered_json(std::stoll(id)) : ordered_json(id);
}

std::string cell_of(const Row& row, std::string_view name) {
  const auto* const cell = row.sample->cell(name);
  return cell == nullptr || tasks::is_missing(*cell) ? "" : tasks::cell_text(*cell);
}

ordered_json gold_json(const Row& row) {
  const auto& targets = row.sample->targets;
  return targets.size() == 1 ? ordered_json(targets.front()) : ordered_json(targets);
}

/// MMMU and MM-Vet know rows by the dataset's own name of them.
std::string key_of(const Row& row) {
  const auto id = cell_of(row, "id");
  return id.empty() ? row.sample->id : id;
}

ordered_json vqa_row(const Row& row) {
  return {{"question", row.sample->question},
          {"question_id", id_json(row.sample->id)},
          {"answer", row.response}};
}

ordered_json document_row(const Row& row) {
  return {{"question", row.sample->question},
          {"questionId", id_json(row.sample->id)},
          {"answer", row.response},
          {"annotation", gold_json(row)}};
}

ordered_json document_test_row(const Row& row) {
  return {{"questionId", id_json(row.sample->id)}, {"answer", row.response}};
}

ordered_json ai2d_row(const Row& row) {
  return {{"question", row.sample->question},
          {"image", id_json(row.sample->id)},
          {"answer", row.response},
          {"annotation", gold_json(row)}};
}

/// The script writes a file a half; in one file each row says which it is of.
ordered_json chartqa_row(const Row& row) {
  ordered_json json = {
      {"question", row.sample->question}, {"answer", row.response}, {"annotation", gold_json(row)}};
  if (!row.sample->split.empty()) json["split"] = row.sample->split;
  return json;
}

ordered_json caption_row(const Row& row) {
  return {{"image_id", id_json(row.sample->id)}, {"caption", row.response}};
}

ordered_json pope_row(const Row& row) {
  return {{"question_id", id_json(row.sample->id)},
          {"text", row.response},
          {"text_orig", row.response},
          {"model_id", ""},
          {"metadata", ordered_json::object()}};
}

ordered_json seed_row(const Row& row) {
  return {{"question_id", row.sample->id},
          {"question", row.sample->question},
          {"prediction", row.response},
          {"answer", gold_json(row)}};
}

/// The script stores the letter it read beside the model's own text; we hand on the text.
ordered_json scienceqa_row(const Row& row) {
  return {{"question", row.sample->question},
          {"answer", row.response},
          {"answer_orig", row.response},
          {"gt_answers", gold_json(row)},
          {"image_path", ""}};
}

/// How a script stores its rows.
enum class Shape {
  kList,
  kLines,
  kIdMap,     // an object of responses by id
  kProblems,  // MathVista's questions by id
  kFolder,    // MME's, a file a task
};

struct Form {
  Shape shape = Shape::kList;
  ordered_json (*row)(const Row&) = nullptr;
  bool goes_by_order = false;
};

const std::map<std::string_view, Form>& forms() {
  static const std::map<std::string_view, Form> forms = {
      {"textvqa", {Shape::kList, vqa_row}},
      {"vqav2", {Shape::kList, vqa_row}},
      {"docvqa", {Shape::kList, document_test_row}},
      {"docvqa_val", {Shape::kList, document_row}},
      {"infovqa", {Shape::kList, document_row}},
      {"infovqa_val", {Shape::kList, document_row}},
      {"gqa", {Shape::kList, document_row}},
      {"ai2d", {Shape::kList, ai2d_row}},
      {"chartqa", {Shape::kList, chartqa_row, true}},
      {"coco_caption", {Shape::kList, caption_row}},
      {"flickr30k", {Shape::kList, caption_row}},
      {"nocaps", {Shape::kList, caption_row}},
      {"pope", {Shape::kList, pope_row}},
      {"seed_image", {Shape::kLines, seed_row}},
      {"scienceqa", {Shape::kLines, scienceqa_row, true}},
      {"mmmu", {Shape::kIdMap}},
      {"mmvet", {Shape::kIdMap}},
      {"mathvista", {Shape::kProblems}},
      {"mme", {Shape::kFolder, nullptr, true}},
  };
  return forms;
}

std::string rows_text(std::span<const Row> rows, const Form& form) {
  auto list = ordered_json::array();
  std::string lines;
  for (const auto& row : rows) {
    if (form.shape == Shape::kList) {
      list.push_back(form.row(row));
    } else {
      lines += form.row(row).dump() + "\n";
    }
  }
  return form.shape == Shape::kList ? list.dump() : lines;
}

/// MMMU and MM-Vet: an object of texts by id.
std::string id_map_text(std::span<const Row> rows) {
  auto map = ordered_json::object();
  for (const auto& row : rows) map[key_of(row)] = row.response;
  return map.dump(4);
}

/// MathVista: the problems by id, with their responses.
std::string problems_text(std::span<const Row> rows) {
  auto map = ordered_json::object();
  for (const auto& row : rows) {
    ordered_json problem = {{"pid", row.sample->id}, {"query", tasks::math_query(*row.sample)}};
    for (const std::string name : {"question_type", "answer_type", "answer", "unit"}) {
      const auto text = cell_of(row, name);
      const bool is_none = text.empty() || (name != "answer" && tasks::is_missing_text(text));
      problem[name] = is_none ? ordered_json() : ordered_json(text);
    }
    const auto precision = tasks::parse_float(cell_of(row, "precision"));
    problem["precision"] = precision ? ordered_json(*precision) : ordered_json();
    problem["choices"] = nullptr;
    for (const auto& choice : row.sample->choices) problem["choices"].push_back(choice.text);
    const auto listed = tasks::parse_list_literal(cell_of(row, "choices"));
    if (listed && row.sample->choices.empty()) problem["choices"] = *listed;
    for (const char* const name : {"category", "context", "grade", "language", "source", "task"}) {
      problem["metadata"][name] = cell_of(row, name);
    }
    const auto skills = tasks::parse_list_literal(cell_of(row, "skills"));
    problem["metadata"]["skills"] = skills ? ordered_json(*skills) : ordered_json::array();
    problem["response"] = row.response;
    if (!row.stored_verdicts.empty()) problem["extraction"] = row.stored_verdicts.front();
    map[row.sample->id] = std::move(problem);
  }
  return map.dump(4);
}

/// A response on one line. The script deletes newlines, and so joins words, which matters to
/// whoever reads the answer by words.
std::string on_one_line(std::string response, const tasks::Profile& profile) {
  if (profile.message.pipeline == tasks::Pipeline::kInternVl) {
    std::erase(response, '\n');
  } else {
    std::replace(response.begin(), response.end(), '\n', ' ');
  }
  return response;
}

/// MME: a file a task, lines of picture, prompt, accepted answer and response.
void write_mme(const std::filesystem::path& folder, std::span<const Row> rows,
               const tasks::Profile& profile) {
  constexpr const char* kPromptEnd = " Answer the question using a single word or phrase.";
  std::map<std::string, std::string> files;
  for (const auto& row : rows) {
    const auto path = cell_of(row, "image_path");
    files[row.sample->category] += path.substr(path.rfind('/') + 1) + "\t" + row.sample->question +
                                   kPromptEnd + "\t" + cell_of(row, "answer") + "\t" +
                                   on_one_line(row.response, profile) + "\n";
  }
  for (const auto& [task, text] : files) {
    results::write_file_atomically(folder / (task + ".txt"), text);
  }
}

}  // namespace

bool internvl_goes_by_order(std::string_view task) {
  const auto form = forms().find(task);
  return form != forms().end() && form->second.goes_by_order;
}

void write_internvl(const std::filesystem::path& path, std::span<const Row> rows,
                    const tasks::Task& task, const tasks::Profile& profile) {
  const auto form = forms().find(task.name());
  if (form == forms().end()) {
    model::fail<model::UsageError>("InternVL's scripts write no JSON for ", task.name(),
                                   "; --to vlmevalkit-xlsx is the nearest");
  }
  switch (form->second.shape) {
    case Shape::kFolder:
      return write_mme(path, rows, profile);
    case Shape::kIdMap:
      return results::write_file_atomically(path, id_map_text(rows));
    case Shape::kProblems:
      return results::write_file_atomically(path, problems_text(rows));
    case Shape::kList:
    case Shape::kLines:
      return results::write_file_atomically(path, rows_text(rows, form->second));
  }
}

}  // namespace mono::evaluator
