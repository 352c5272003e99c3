#include "tasks/submission/submission.h"

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "model/json_text.h"
#include "tasks/submission/sheet.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kRobustReading = "rrc.cvc.uab.es, challenge 17";
constexpr std::string_view kEvalAi = "EvalAI";
constexpr std::string_view kMmBench = "mmbench.opencompass.org.cn/mmbench-submission";
constexpr std::string_view kMmVet = "huggingface.co/spaces/whyu/MM-Vet_Evaluator";

constexpr std::array kFormats = {
    SubmissionFormat{"docvqa", SubmissionKind::kRobustReading, kRobustReading, 5188},
    SubmissionFormat{"docvqa_val", SubmissionKind::kRobustReading, kRobustReading, 5349},
    SubmissionFormat{"infovqa", SubmissionKind::kRobustReading, kRobustReading, 3288},
    SubmissionFormat{"infovqa_val", SubmissionKind::kRobustReading, kRobustReading, 2801},
    SubmissionFormat{"vqav2", SubmissionKind::kVqa, kEvalAi},
    SubmissionFormat{"vqav2_testdev", SubmissionKind::kVqa, kEvalAi, 107394},
    SubmissionFormat{"mmvet", SubmissionKind::kMmVet, kMmVet, 218},
    SubmissionFormat{"mmbench_en", SubmissionKind::kMmBench, kMmBench, 6666, 6, true},
    SubmissionFormat{"mmbench_en_dev", SubmissionKind::kMmBench, kMmBench, 4329, 6, true},
    SubmissionFormat{"ccbench", SubmissionKind::kMmBench, kMmBench, 2040, 8},
};

void require_all_answered(const SubmissionFormat& format, std::span<const Row> rows,
                          bool is_partial) {
  size_t num_failed = 0;
  const Row* failed = nullptr;
  for (const auto& row : rows) {
    if (row.error.empty()) continue;
    if (num_failed++ == 0) failed = &row;
  }
  if (num_failed > 0) {
    model::fail(format.task, ": submission: ", num_failed, " of ", rows.size(),
                " rows have no answer, '", failed->sample->id, "' for one: ", failed->error);
  }
  if (rows.empty()) model::fail(format.task, ": submission: expected at least one row, got none");
  const bool has_more = format.may_have_more && rows.size() > format.num_rows;
  const bool is_whole = format.num_rows == 0 || rows.size() == format.num_rows || has_more;
  if (!is_partial && !is_whole) {
    model::fail(format.task, ": submission: expected the split's ", format.num_rows, " rows, got ",
                rows.size(), " (a partial file has to be asked for)");
  }
  std::unordered_set<std::string_view> ids;
  for (const auto& row : rows) {
    if (ids.insert(row.sample->id).second) continue;
    model::fail(format.task, ": submission: two rows have the id '", row.sample->id, "'");
  }
}

int64_t integer_id(const SubmissionFormat& format, const Row& row) {
  const auto& id = row.sample->id;
  constexpr size_t kMaxDigits = 18;
  const auto integer = parse_int(id);
  if (!integer || integer->size() > kMaxDigits) {
    model::fail(format.task, ": submission: row '", id, "': the server wants integers as ids");
  }
  return std::stoll(*integer);
}

ordered_json list_of_answers(const SubmissionFormat& format, std::span<const Row> rows,
                             const char* id_name) {
  auto list = ordered_json::array();
  for (const auto& row : rows) {
    list.push_back({{id_name, integer_id(format, row)}, {"answer", row.response}});
  }
  return list;
}

ordered_json answers_by_id(std::span<const Row> rows) {
  constexpr std::string_view kPrefix = "v1_";
  auto object = ordered_json::object();
  for (const auto& row : rows) {
    const auto& id = row.sample->id;
    object[id.starts_with(kPrefix) ? id : std::string(kPrefix) + id] = row.response;
  }
  return object;
}

void write_json(const std::filesystem::path& file, const ordered_json& json) {
  std::ofstream out(file, std::ios::binary);
  out << model::printed_json(json, -1) << '\n' << std::flush;
  if (!out) model::fail(file.string(), ": cannot be written");
}

}  // namespace

std::span<const SubmissionFormat> submission_formats() {
  return kFormats;
}

const SubmissionFormat& submission_format(const Task& task) {
  std::string known;
  for (const auto& format : kFormats) {
    if (format.task == task.name()) return format;
    known.append(" ").append(format.task);
  }
  model::fail<model::UsageError>(task.name(), ": no server takes its answers; known:", known);
}

void write_submission(const Task& task, const Profile& profile, std::span<const Row> rows,
                      const std::filesystem::path& file, bool is_partial) {
  const auto& format = submission_format(task);
  require_all_answered(format, rows, is_partial);
  switch (format.kind) {
    case SubmissionKind::kRobustReading:
      return write_json(file, list_of_answers(format, rows, "questionId"));
    case SubmissionKind::kVqa:
      return write_json(file, list_of_answers(format, rows, "question_id"));
    case SubmissionKind::kMmVet:
      return write_json(file, answers_by_id(rows));
    case SubmissionKind::kMmBench:
      return write_xlsx(file, mmbench_sheet(format, task, profile, rows));
  }
}

}  // namespace mono::tasks
