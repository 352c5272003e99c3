#include "model/text/byte_level_vocabulary.h"

#include <fmt/format.h>

#include "model/adapter.h"
#include "model/text/byte_alphabet.h"

namespace mono::model {

namespace {

uint64_t pair_key(int32_t left, int32_t right) {
  return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
}

std::string bytes_of(std::string_view token, const FilePlace& place) {
  auto bytes = bytes_of_token(token);
  if (!bytes || bytes->empty()) {
    fail(place.text(), ": '", token, "' is no token of the byte alphabet");
  }
  return *std::move(bytes);
}

}  // namespace

std::string FilePlace::text() const {
  return fmt::format("{}{}{}", file, list, number);
}

/// Multiplication spreads the low bits, of which there are few, over the high ones.
size_t ByteLevelVocabulary::HashPair::operator()(uint64_t pair) const {
  const uint64_t product = pair * 0x9E3779B97F4A7C15ULL;  // 2^64 / golden ratio
  return product ^ product >> 32;
}

void ByteLevelVocabulary::add_byte(unsigned char byte, const FilePlace& place) {
  add(std::string(1, static_cast<char>(byte)), place);
}

void ByteLevelVocabulary::add_token(std::string_view token, const FilePlace& place) {
  add(bytes_of(token, place), place);
}

void ByteLevelVocabulary::add(std::string bytes, const FilePlace& place) {
  const auto id = static_cast<int32_t>(tokens_.size());
  const auto [known, is_new] = ids_.emplace(std::move(bytes), id);
  if (!is_new) {
    fail(place.text(), ": the token of id ", id, " is already that of id ", known->second);
  }
  tokens_.push_back(known->first);
}

int32_t ByteLevelVocabulary::known_id(const std::string& bytes, std::string_view as_written,
                                      const FilePlace& place) const {
  const auto id = ids_.find(bytes);
  if (id == ids_.end()) fail(place.text(), ": '", as_written, "' is not in the vocabulary");
  return id->second;
}

void ByteLevelVocabulary::add_merge(std::string_view left, std::string_view right,
                                    const FilePlace& place) {
  const auto left_bytes = bytes_of(left, place);
  const auto right_bytes = bytes_of(right, place);
  const auto rank = static_cast<int32_t>(merges_.size());
  const Merge merge = {
      .rank = rank,
      .left = known_id(left_bytes, left, place),
      .right = known_id(right_bytes, right, place),
      .merged = known_id(left_bytes + right_bytes, std::string(left).append(right), place)};
  if (!ranks_.emplace(pair_key(merge.left, merge.right), rank).second) {
    fail(place.text(), ": '", left, "' and '", right, "' are merged a second time");
  }
  merges_.push_back(merge);
}

void ByteLevelVocabulary::index_bytes(std::string_view file) {
  for (const auto byte : byte_order()) {
    const auto id = ids_.find(std::string_view(reinterpret_cast<const char*>(&byte), 1));
    if (id == ids_.end()) fail(file, ": ", fmt::format("byte 0x{:02X} is no token", byte));
    byte_ids_[byte] = id->second;
  }
}

std::optional<int64_t> ByteLevelVocabulary::find_token(std::string_view token) const {
  const auto bytes = bytes_of_token(token);
  if (!bytes) return std::nullopt;
  const auto id = ids_.find(*bytes);
  return id == ids_.end() ? std::nullopt : std::optional<int64_t>(id->second);
}

const Merge* ByteLevelVocabulary::find_merge(int32_t left, int32_t right) const {
  const auto rank = ranks_.find(pair_key(left, right));
  return rank == ranks_.end() ? nullptr : &merges_[static_cast<size_t>(rank->second)];
}

}  // namespace mono::model
