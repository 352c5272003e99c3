#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace mono::tasks {

class MappedFile;

/// A file that holds the pictures of many rows.
class PictureStore {
 public:
  virtual ~PictureStore() = default;

  /// The encoded picture in a row's column; `element` counts where the column is a list.
  /// \throws model::SetupError if there is none.
  virtual std::string bytes(int64_t row, const std::string& column, int element) const = 0;
};

/// Where a picture's encoded bytes are: an image file, base64 text that stays in the mapped table
/// file until it is asked for, or a place in a file of many pictures.
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

  /// A picture in a store.
  /// \param where  For messages: file and row.
  ImageSource(std::shared_ptr<const PictureStore> store, int64_t row, std::string column,
              int element, std::string where);

  /// The file that holds the picture; empty where it is base64 text or in a store.
  const std::filesystem::path& path() const { return path_; }

  /// Equal where two sources name one file, one text of one table, or one place of one store.
  std::string identity() const;

  /// SHA-256 of the base64 text, the same for the same picture in every row and file; "" where the
  /// picture is no such text.
  /// \throws model::SetupError if the list that should hold it does not.
  std::string text_sha256() const;

  /// The decoded bytes.
  /// \throws model::SetupError if the text is not base64, or the picture is not there, naming
  ///         file, row and column.
  std::string bytes() const;

 private:
  std::string stored_bytes() const;
  std::string element_of_list() const;

  std::filesystem::path path_{};
  std::shared_ptr<const MappedFile> file_{};
  std::string_view text_{};
  std::shared_ptr<const PictureStore> store_{};
  int64_t row_ = 0;
  std::string where_{};   // with a store: its file and row
  std::string column_{};  // of the store
  int element_ = -1;
};

}  // namespace mono::tasks
