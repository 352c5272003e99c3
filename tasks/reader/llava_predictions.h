#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <unordered_map>

#include "tasks/task.h"

namespace mono::tasks {

/// The questions behind LLaVA's TextVQA predictions, whose lines (`question_id`, `prompt`, `text`)
/// name a picture and repeat the question, but have neither its id nor its answers. Those are in
/// the one `*annotations.json` beside the file (`data`: `question_id`, `image_id`, `question`,
/// `answers`), found by picture and lower-cased question.
class LlavaAnnotations {
 public:
  /// \param has_samples  The caller joins by id itself; no annotations are read.
  LlavaAnnotations(std::filesystem::path predictions, bool has_samples)
      : predictions_(std::move(predictions)), has_samples_(has_samples) {}

  /// Reads the annotations, where they are needed. \throws model::SetupError if they are not there.
  void open();

  /// The row of one line of predictions.
  /// \throws model::SetupError if the annotations do not hold the question.
  Row row(const nlohmann::json& line, const std::string& where) const;

 private:
  std::filesystem::path predictions_;
  bool has_samples_;
  std::unordered_map<std::string, std::shared_ptr<const Sample>> samples_{};
};

}  // namespace mono::tasks
