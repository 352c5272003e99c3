#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mono::model {

/// Where an entry of a vocabulary file stands, for messages: "merges.txt:12".
struct FilePlace {
  std::string_view file{};
  std::string_view list{};  // ":" where `number` is a line, else what it counts: ": merge "
  int64_t number = 0;

  std::string text() const;
};

/// What two adjacent tokens become; those of lower rank merge first.
struct Merge {
  int32_t rank = 0;
  int32_t left = 0;  // ids
  int32_t right = 0;
  int32_t merged = 0;
};

/// Tokens as byte strings, and the merges that make them of single bytes.
class ByteLevelVocabulary {
 public:
  /// Appends a single byte; here and below the new id is the number of tokens before it.
  /// \throws SetupError if such a token is there already.
  void add_byte(unsigned char byte, const FilePlace& place);

  /// Appends a token as a file writes it, in the characters of `bytes_of_token`.
  /// \throws SetupError if it is there already, or empty, or has a character that is no byte.
  void add_token(std::string_view token, const FilePlace& place);

  /// Appends a merge of the next rank.
  /// \param left, right  As the file writes them.
  /// \throws SetupError if one of them or what they make is no token, or if the pair is known.
  void add_merge(std::string_view left, std::string_view right, const FilePlace& place);

  /// Looks for the 256 single bytes, without which there is text that has no tokens.
  /// \throws SetupError naming the first byte that is no token.
  void index_bytes(std::string_view file);

  int64_t size() const { return static_cast<int64_t>(tokens_.size()); }
  int64_t num_merges() const { return static_cast<int64_t>(merges_.size()); }
  const std::string& bytes(int64_t id) const { return tokens_[static_cast<size_t>(id)]; }

  /// The id of a token as files write it; nothing if there is none.
  std::optional<int64_t> find_token(std::string_view token) const;

  int32_t byte_id(char byte) const { return byte_ids_[static_cast<unsigned char>(byte)]; }
  const Merge& merge(int32_t rank) const { return merges_[static_cast<size_t>(rank)]; }

  /// The merge of two adjacent tokens; null if they stay apart.
  const Merge* find_merge(int32_t left, int32_t right) const;

 private:
  struct HashBytes {
    using is_transparent = void;
    size_t operator()(std::string_view bytes) const { return std::hash<std::string_view>()(bytes); }
  };
  struct HashPair {
    size_t operator()(uint64_t pair) const;
  };

  void add(std::string bytes, const FilePlace& place);
  int32_t known_id(const std::string& bytes, std::string_view as_written,
                   const FilePlace& place) const;

  std::vector<std::string> tokens_{};
  std::unordered_map<std::string, int32_t, HashBytes, std::equal_to<>> ids_{};
  std::vector<Merge> merges_{};  // by rank
  std::unordered_map<uint64_t, int32_t, HashPair> ranks_{};
  std::array<int32_t, 256> byte_ids_{};
};

}  // namespace mono::model
