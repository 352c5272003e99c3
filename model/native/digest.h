#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mono::model {

/// SHA-256 over bytes added piece by piece (OpenSSL); results are lower-case hex.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(const void* data, size_t size);
  void add(std::string_view text) { add(text.data(), text.size()); }

  /// The digest of everything added; the object must not be used afterwards.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_of(std::string_view bytes);

/// Of the ids as little-endian int64.
std::string sha256_of(std::span<const int64_t> ids);

/// \throws SetupError naming a file that cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace mono::model
