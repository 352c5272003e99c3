#include "tasks/reader/image_source.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <utility>

#include "model/adapter.h"
#include "tasks/reader/base64.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/text/list_literal.h"
#include "tasks/text/sha256.h"

namespace mono::tasks {

ImageSource::ImageSource(std::shared_ptr<const MappedFile> file, std::string_view text,
                         std::string where, int element)
    : file_(std::move(file)), text_(text), where_(std::move(where)), element_(element) {}

ImageSource::ImageSource(std::shared_ptr<const PictureStore> store, int64_t row, std::string column,
                         int element, std::string where)
    : store_(std::move(store)),
      row_(row),
      where_(std::move(where)),
      column_(std::move(column)),
      element_(element) {}

std::string ImageSource::identity() const {
  if (!path_.empty()) return path_.string();
  if (store_ != nullptr) {
    const auto store = reinterpret_cast<uintptr_t>(store_.get());
    return std::to_string(store) + ":" + std::to_string(row_) + ":" + column_ + "[" +
           std::to_string(element_) + "]";
  }
  const auto place = reinterpret_cast<uintptr_t>(text_.data());
  return std::to_string(place) + "[" + std::to_string(element_) + "]";
}

std::string ImageSource::stored_bytes() const {
  try {
    return store_->bytes(row_, column_, element_);
  } catch (const model::SetupError& cause) {
    model::fail(where_, ": ", cause.what());
  }
}

std::string ImageSource::bytes() const {
  if (store_ != nullptr) return stored_bytes();
  if (!path_.empty()) {
    std::ifstream file(path_, std::ios::binary);
    if (!file) model::fail(path_.string(), ": cannot open the picture");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  if (file_ == nullptr) model::fail("a picture without a source");
  const FileRange in_use(*file_, text_);
  return element_ < 0 ? decode_base64(text_, where_) : decode_base64(element_of_list(), where_);
}

std::string ImageSource::element_of_list() const {
  auto elements = parse_list_literal(text_);
  if (!elements || static_cast<size_t>(element_) >= elements->size()) {
    model::fail(where_, ": expected a list of more than ", element_, " pictures");
  }
  return std::move((*elements)[static_cast<size_t>(element_)]);
}

std::string ImageSource::text_sha256() const {
  if (file_ == nullptr) return "";
  const FileRange in_use(*file_, text_);
  return element_ < 0 ? sha256_hex(text_) : sha256_hex(element_of_list());
}

}  // namespace mono::tasks
