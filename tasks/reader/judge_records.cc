#include <nlohmann/json.hpp>

#include "tasks/reader/json_lines.h"
#include "tasks/reader/judge_replies.h"
#include "tasks/registry.h"
#include "tasks/text/sha256.h"

namespace mono::tasks {
namespace {

using nlohmann::json;

constexpr uint64_t kMaxRun = 1000;

std::string id_of(const json& line, const std::string& where) {
  const auto& id = json_field(line, "id", where);
  if (id.is_string()) return id.get<std::string>();
  if (id.is_number_integer()) return std::to_string(id.get<int64_t>());
  model::fail(where, ": field 'id': expected a text or an integer, got ", id.type_name());
}

std::vector<std::string> replies_of(const json& line, const std::string& where) {
  const auto& list = json_field(line, "replies", where);
  if (!list.is_array() || list.empty()) {
    model::fail(where, ": field 'replies': expected a list of one text or more, got ",
                list.is_array() ? "an empty one" : list.type_name());
  }
  std::vector<std::string> replies;
  for (const auto& reply : list) {
    if (!reply.is_string() && !reply.is_null()) {
      model::fail(where, ": field 'replies': expected texts or null, got ", reply.type_name());
    }
    replies.push_back(reply.is_null() ? std::string(kFailedCall) : reply.get<std::string>());
  }
  return replies;
}

std::string sha256_of(const json& line, const std::string& where) {
  if (!line.contains("prompt_sha256")) return "";
  auto sha256 = json_text(line, "prompt_sha256", where);
  if (!is_sha256_hex(sha256)) {
    model::fail(where, ": field 'prompt_sha256': expected 64 lower-case hex digits, got '", sha256,
                "'");
  }
  return sha256;
}

int run_of(const json& line, const std::string& where) {
  if (!line.contains("run")) return 0;
  const auto& run = line["run"];
  if (!run.is_number_unsigned() || run.get<uint64_t>() > kMaxRun) {
    model::fail(where, ": field 'run': expected a number from 0 to ", kMaxRun, ", got ",
                run.dump());
  }
  return run.get<int>();
}

bool is_for(const json& line, std::string_view task, bool is_only_task, const std::string& where) {
  if (!line.contains("task")) {
    if (!is_only_task) model::fail(where, ": expected a field 'task', since several tasks are run");
    return true;
  }
  const auto name = json_text(line, "task", where);
  const auto* const named = find_task(name);
  if (named == nullptr) model::fail(where, ": field 'task': unknown task '", name, "'");
  return named->name() == task;
}

}  // namespace

std::vector<JudgeRecord> read_judge_records(const std::filesystem::path& path,
                                            std::string_view task, bool is_only_task) {
  std::vector<JudgeRecord> records;
  for_each_json_line(path, [&](const json& line, const std::string& where) {
    if (!is_for(line, task, is_only_task, where)) return;
    records.push_back({.sample_id = id_of(line, where),
                       .prompt_sha256 = sha256_of(line, where),
                       .replies = replies_of(line, where),
                       .run = run_of(line, where)});
  });
  return records;
}

}  // namespace mono::tasks
