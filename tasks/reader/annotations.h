#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <unordered_map>

#include "tasks/reader/layouts.h"

namespace mono::tasks {

/// What a second file says about the rows of a first: accepted answers, options, captions.
class AnnotationFile {
 public:
  /// The annotations beside a file of rows: the first of the layout's files that is there, else
  /// `<name>_annotations.json` beside `<name>.jsonl`.
  /// \returns nothing where there is none.
  /// \throws model::SetupError if it is malformed.
  static std::optional<AnnotationFile> beside(const std::filesystem::path& rows,
                                              const Layout& layout);

  /// Adds the fields of a row's annotation that the row does not have, and its `answer` in place of
  /// the row's.
  /// \throws model::SetupError if the row is not among the annotations.
  void add_to(nlohmann::json& row) const;

  const std::filesystem::path& path() const { return path_; }

 private:
  AnnotationFile(std::filesystem::path path, const Layout& layout)
      : path_(std::move(path)), layout_(&layout) {}

  void read(const Annotations& annotations);

  std::filesystem::path path_;
  const Layout* layout_;
  std::unordered_map<std::string, nlohmann::json> by_id_{};
};

}  // namespace mono::tasks
