#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace mono::model {

/// Whether a blank is put before a text, as the file says or never.
enum class DummyPrefix { kAsStored, kNever };

/// A SentencePiece model and nothing around it: no added tokens, no BOS, no clean-up.
class SentencePieceModel {
 public:
  /// \throws SetupError if the file cannot be read, is no SentencePiece model or is cut short.
  explicit SentencePieceModel(const std::filesystem::path& path,
                              DummyPrefix dummy_prefix = DummyPrefix::kAsStored);
  ~SentencePieceModel();
  SentencePieceModel(SentencePieceModel&&) noexcept;
  SentencePieceModel& operator=(SentencePieceModel&&) noexcept;

  /// Appends the ids of `text`, which may hold U+0000 and malformed UTF-8.
  void encode(std::string_view text, std::vector<int64_t>& ids) const;

  /// The text of ids in [0, size()); each invalid byte of a run of byte pieces becomes U+FFFD.
  std::string decode(std::span<const int64_t> ids) const;

  /// The text of pieces, of which some may not be the model's.
  std::string decode_pieces(const std::vector<std::string>& pieces) const;

  /// The name of a piece; `id` in [0, size()).
  std::string piece(int64_t id) const;

  /// The id of a piece by its exact name, as listed in the file.
  std::optional<int64_t> piece_id(std::string_view piece) const;

  int64_t size() const;

  /// The id of BOS and EOS; nothing if the model has none.
  std::optional<int64_t> bos_id() const;
  std::optional<int64_t> eos_id() const;

 private:
  std::unique_ptr<sentencepiece::SentencePieceProcessor> processor_;
};

}  // namespace mono::model
