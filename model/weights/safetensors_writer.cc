#include <bit>
#include <fstream>
#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "model/weights/safetensors.h"

namespace mono::model {
namespace {

constexpr size_t kAlignment = 8;

void check_size(const std::string& where, const TensorToWrite& tensor) {
  size_t expected = item_size_of(tensor.dtype);
  if (expected == 0) fail(where, ": unknown dtype ", tensor.dtype);
  for (const int64_t size : tensor.shape) expected *= static_cast<size_t>(size);
  if (expected != tensor.bytes.size()) {
    fail(where, ": the shape needs ", expected, " bytes, got ", tensor.bytes.size());
  }
}

std::string header_of(const std::string& path, std::span<const TensorToWrite> tensors) {
  nlohmann::json header = nlohmann::json::object();
  size_t offset = 0;
  for (const auto& tensor : tensors) {
    const auto where = path + ": " + tensor.name;
    check_size(where, tensor);
    if (header.contains(tensor.name)) fail(where, ": written twice");
    header[tensor.name] = {{"dtype", tensor.dtype},
                           {"shape", tensor.shape},
                           {"data_offsets", {offset, offset + tensor.bytes.size()}}};
    offset += tensor.bytes.size();
  }
  auto text = header.dump();
  text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
  return text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const TensorToWrite> tensors) {
  const auto header = header_of(path.string(), tensors);
  const uint64_t header_bytes = header.size();

  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(&header_bytes), sizeof(header_bytes));
  file.write(header.data(), static_cast<std::streamsize>(header.size()));
  for (const auto& tensor : tensors) {
    file.write(reinterpret_cast<const char*>(tensor.bytes.data()),
               static_cast<std::streamsize>(tensor.bytes.size()));
  }
  file.close();
  if (!file) fail(path.string(), ": cannot write");
}

}  // namespace mono::model
