// Our own samples file, and the samples files of lm-eval and lmms-eval.
// EleutherAI/lm-evaluation-harness v0.4.13 lm_eval/evaluator.py, loggers/evaluation_tracker.py;
// EvolvingLMMs-Lab/lmms-eval v0.7.3 lmms_eval/evaluator.py, loggers/evaluation_tracker.py.

#include <nlohmann/json.hpp>

#include "evaluator/export/export.h"
#include "model/native/digest.h"
#include "results/json_lines.h"
#include "tasks/text/python_repr.h"

namespace mono::evaluator {

namespace {

using nlohmann::ordered_json;

struct ToJson {
  ordered_json operator()(std::monostate) const { return nullptr; }
  template <typename T>
  ordered_json operator()(const T& value) const {
    return value;
  }
};

/// The row's columns; `index` is the sample's id, by which the file is read back.
ordered_json document(const tasks::Sample& sample) {
  auto document = ordered_json::object();
  for (const auto& name : written_columns(sample)) {
    document[name] = std::visit(ToJson{}, written_cell(sample, name));
  }
  document["index"] = sample.id;
  return document;
}

/// What str() makes of one target or a list of them.
std::string target_text(const tasks::Sample& sample) {
  if (sample.targets.size() == 1) return sample.targets.front();
  std::string text = "[";
  for (const auto& target : sample.targets) {
    text += (text.size() > 1 ? ", " : "") + tasks::python_repr(target);
  }
  return text + "]";
}

/// Both harnesses hash the document as Python's json.dumps(indent=2) writes it.
std::string document_hash(const ordered_json& document) {
  return model::sha256_of(document.dump(2));
}

}  // namespace

std::string samples_text(std::span<const tasks::Row> rows, const tasks::Task& task,
                         const tasks::Profile& profile) {
  const ordered_json header = {{"schema", "mono-eval.samples"},
                               {"schema_version", 1},
                               {"task", task.name()},
                               {"profile", profile.name},
                               {"adapter", "converted"}};
  auto text = results::json_line({{"header", header}});
  for (const auto& row : rows) {
    text += results::json_line({{"id", row.sample->id},
                                {"targets", row.sample->targets},
                                {"response", row.response},
                                {"error", ""}});
  }
  return text;
}

std::string lm_eval_text(std::span<const tasks::Row> rows) {
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& sample = *rows[i].sample;
    const auto doc = document(sample);
    const auto target = target_text(sample);
    text += results::json_line(
        {{"doc_id", i},
         {"doc", doc},
         {"target", target},
         {"arguments",
          {{"gen_args_0", {{"arg_0", sample.question}, {"arg_1", ordered_json::object()}}}}},
         {"resps", ordered_json::array({ordered_json::array({rows[i].response})})},
         {"filtered_resps", ordered_json::array({rows[i].response})},
         {"filter", "none"},
         {"metrics", ordered_json::array()},
         {"doc_hash", document_hash(doc)},
         {"prompt_hash", model::sha256_of(sample.question)},
         {"target_hash", model::sha256_of(target)}});
  }
  return text;
}

std::string lmms_eval_text(std::span<const tasks::Row> rows) {
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& sample = *rows[i].sample;
    text += results::json_line({{"doc_id", i},
                                {"target", target_text(sample)},
                                {"filtered_resps", rows[i].response},
                                {"token_counts", ordered_json::array({nullptr})},
                                {"doc_hash", document_hash(document(sample))},
                                {"input", sample.question}});
  }
  return text;
}

}  // namespace mono::evaluator
