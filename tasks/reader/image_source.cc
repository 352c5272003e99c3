#include "tasks/reader/image_source.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <utility>

#include "model/adapter.h"
#include "tasks/reader/base64.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/text/list_literal.h"

namespace mono::tasks {

ImageSource::ImageSource(std::shared_ptr<const MappedFile> file, std::string_view text,
                         std::string where, int element)
    : file_(std::move(file)), text_(text), where_(std::move(where)), element_(element) {}

std::string ImageSource::identity() const {
  if (!path_.empty()) return path_.string();
  const auto place = reinterpret_cast<uintptr_t>(text_.data());
  return std::to_string(place) + "[" + std::to_string(element_) + "]";
}

std::string ImageSource::bytes() const {
  if (!path_.empty()) {
    std::ifstream file(path_, std::ios::binary);
    if (!file) model::fail(path_.string(), ": cannot open the picture");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  if (element_ < 0) return decode_base64(text_, where_);
  const auto elements = parse_list_literal(text_);
  if (!elements || static_cast<size_t>(element_) >= elements->size()) {
    model::fail(where_, ": expected a list of more than ", element_, " pictures");
  }
  return decode_base64((*elements)[static_cast<size_t>(element_)], where_);
}

}  // namespace mono::tasks
