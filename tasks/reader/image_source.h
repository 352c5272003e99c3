#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace mono::tasks {

class MappedFile;

/// Where a picture's encoded bytes are: an image file, or base64 text that stays in the mapped
/// table file until it is asked for.
class ImageSource {
 public:
  ImageSource() = default;

  /// A picture in a file of its own.
  explicit ImageSource(std::filesystem::path path) : path_(std::move(path)) {}

  /// Base64 text, or one element of a Python list literal of such texts, inside a mapped table.
  /// \param where    For messages: file, row and column.
  /// \param element  Index in the list literal; -1 where the text is one picture.
  ImageSource(std::shared_ptr<const MappedFile> file, std::string_view text, std::string where,
              int element = -1);

  /// The file that holds the picture; empty where it is base64 text.
  const std::filesystem::path& path() const { return path_; }

  /// Equal where two sources name one file, or one text of one table.
  std::string identity() const;

  /// The decoded bytes.
  /// \throws model::SetupError if the text is not base64, naming file, row and column.
  std::string bytes() const;

 private:
  std::filesystem::path path_{};
  std::shared_ptr<const MappedFile> file_{};
  std::string_view text_{};
  std::string where_{};
  int element_ = -1;
};

}  // namespace mono::tasks
