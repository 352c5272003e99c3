#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tasks/reader/layouts.h"
#include "tasks/reader/place.h"

namespace mono::tasks {

/// What a second file says about the rows of a first: accepted answers, options, captions.
class AnnotationFile {
 public:
  /// The annotations beside a file of rows: the first of the layout's files that is there, else
  /// `<name>_annotations.json` beside `<name>.jsonl`.
  /// An annotation that cannot be used is a fault of its row.
  /// \returns nothing where there is none.
  /// \throws model::SetupError if it is absent, cut short or no JSON.
  static std::optional<AnnotationFile> beside(const std::filesystem::path& rows,
                                              const Layout& layout);

  /// Adds the fields of a row's annotation that the row does not have, and its `answer` in place of
  /// the row's.
  /// \throws model::SetupError if the row is not among the annotations, or one of its own cannot be
  ///         used.
  void add_to(nlohmann::json& row) const;

  /// An annotation that cannot be used and does not say whose it is.
  struct Unplaced {
    Place place{};
    std::string fault{};
  };
  const std::vector<Unplaced>& unplaced() const { return unplaced_; }

  const std::filesystem::path& path() const { return path_; }

 private:
  AnnotationFile(std::filesystem::path path, const Layout& layout)
      : path_(std::move(path)), layout_(&layout) {}

  void read(const Annotations& annotations);
  void add(nlohmann::json& element, const std::string& key, const Annotations& annotations,
           const Place& place);

  std::filesystem::path path_;
  const Layout* layout_;
  std::unordered_map<std::string, nlohmann::json> by_id_{};
  std::unordered_map<std::string, std::string> fault_of_id_{};
  std::vector<Unplaced> unplaced_{};
};

}  // namespace mono::tasks
