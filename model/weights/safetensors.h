#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mono::model {

/// A read-only mapping of a whole file.
class MappedFile {
 public:
  /// \throws SetupError if the file cannot be opened or mapped.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

  /// These bytes are not needed soon: their pages stop counting as this process's memory. They can
  /// be read again.
  void forget(std::span<const std::byte> bytes) const;

 private:
  std::span<const std::byte> bytes_{};
};

/// One tensor of a file: what the header says and where its bytes are.
struct StoredTensor {
  std::string dtype{};           // as the format names it: "BF16", "F32", "I64" ...
  std::vector<int64_t> shape{};  // row-major
  std::span<const std::byte> bytes{};
  std::shared_ptr<const MappedFile> file{};  // keeps `bytes` alive
  std::filesystem::path path{};              // for messages
};

/// The tensors of one safetensors file by name.
using StoredTensors = std::map<std::string, StoredTensor>;

/// Maps a safetensors file and checks all of it but the numbers themselves.
///
/// \throws SetupError naming the file, the tensor, what was expected and what came: a header that
/// is no JSON, too long or repeats a name; an unknown dtype; a span that is not shape times item
/// size, lies outside the file or overlaps another; bytes that belong to no tensor.
///
/// Format: huggingface/safetensors, README, "Format".
StoredTensors read_safetensors(const std::filesystem::path& path);

/// Bytes of one element of a dtype, 0 where the format does not know it.
size_t item_size_of(const std::string& dtype);

/// A tensor to be written; `bytes` is dense, row-major, little endian.
struct TensorToWrite {
  std::string name{};
  std::string dtype{};
  std::vector<int64_t> shape{};
  std::span<const std::byte> bytes{};
};

/// Writes a safetensors file, its data aligned to 8 bytes.
/// \throws SetupError if the file cannot be written, a dtype is unknown, a name comes twice or the
/// bytes do not fit the shape.
void write_safetensors(const std::filesystem::path& path, std::span<const TensorToWrite> tensors);

}  // namespace mono::model
