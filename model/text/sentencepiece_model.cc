#include "model/text/sentencepiece_model.h"

#include <sentencepiece_processor.h>

#include <fstream>
#include <iterator>

#include "model/adapter.h"

namespace mono::model {

namespace {

// Fields of the message ModelProto: google/sentencepiece v0.1.99, src/sentencepiece_model.proto.
constexpr uint64_t kTrainerSpec = 2;
constexpr uint64_t kNormalizerSpec = 3;
constexpr uint64_t kLengthDelimited = 2;  // the wire type of a nested message

// A second normalizer_spec, which is merged into the first: add_dummy_prefix (field 3) is 0.
constexpr std::string_view kNoDummyPrefix("\x1A\x02\x18\x00", 4);

/// Reads a protocol-buffer varint at `at` and moves behind it; nothing if the data ends inside.
std::optional<uint64_t> read_varint(std::string_view data, size_t& at) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && at < data.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(data[at++]);
    value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

/// Whether the file holds all its parts. Cut between two pieces it still parses, and the library
/// then silently takes the default of every setting, another algorithm among them.
bool is_whole_model(std::string_view data) {
  bool has_trainer = false;
  bool has_normalizer = false;
  for (size_t at = 0; at < data.size();) {
    const auto key = read_varint(data, at);
    if (!key || (*key & 7) != kLengthDelimited) return false;
    const auto length = read_varint(data, at);
    if (!length || *length > data.size() - at) return false;
    at += *length;
    has_trainer |= *key >> 3 == kTrainerSpec;
    has_normalizer |= *key >> 3 == kNormalizerSpec;
  }
  return has_trainer && has_normalizer;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) fail(path.string(), ": cannot open");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void check(const sentencepiece::util::Status& status, const char* what) {
  if (!status.ok()) fail("SentencePiece cannot ", what, ": ", status.ToString());
}

std::optional<int64_t> if_defined(int id) {
  return id < 0 ? std::nullopt : std::optional<int64_t>(id);
}

}  // namespace

SentencePieceModel::SentencePieceModel(const std::filesystem::path& path, DummyPrefix dummy_prefix)
    : processor_(std::make_unique<sentencepiece::SentencePieceProcessor>()) {
  auto data = read_file(path);
  if (!is_whole_model(data)) {
    fail(path.string(), ": no whole SentencePiece model in its ", data.size(),
         " bytes; wrong file or cut short");
  }
  if (dummy_prefix == DummyPrefix::kNever) data += kNoDummyPrefix;
  const auto status = processor_->LoadFromSerializedProto(data);
  if (!status.ok()) fail(path.string(), ": not a SentencePiece model: ", status.ToString());
}

SentencePieceModel::~SentencePieceModel() = default;
SentencePieceModel::SentencePieceModel(SentencePieceModel&&) noexcept = default;
SentencePieceModel& SentencePieceModel::operator=(SentencePieceModel&&) noexcept = default;

void SentencePieceModel::encode(std::string_view text, std::vector<int64_t>& ids) const {
  std::vector<int> pieces;
  check(processor_->Encode(text, &pieces), "encode");
  ids.insert(ids.end(), pieces.begin(), pieces.end());
}

std::string SentencePieceModel::decode(std::span<const int64_t> ids) const {
  std::vector<int> pieces;
  pieces.reserve(ids.size());
  for (const auto id : ids) {
    if (id < 0 || id >= size()) fail("token id ", id, " is none of the ", size(), " pieces");
    pieces.push_back(static_cast<int>(id));
  }
  std::string text;
  check(processor_->Decode(pieces, &text), "decode");
  return text;
}

std::string SentencePieceModel::decode_pieces(const std::vector<std::string>& pieces) const {
  std::string text;
  check(processor_->Decode(pieces, &text), "decode");
  return text;
}

std::string SentencePieceModel::piece(int64_t id) const {
  return processor_->IdToPiece(static_cast<int>(id));
}

std::optional<int64_t> SentencePieceModel::piece_id(std::string_view piece) const {
  const int id = processor_->PieceToId(piece);  // the id of <unk> for a piece it does not have
  if (id < 0 || processor_->IdToPiece(id) != piece) return std::nullopt;
  return id;
}

int64_t SentencePieceModel::size() const {
  return processor_->GetPieceSize();
}

std::optional<int64_t> SentencePieceModel::bos_id() const {
  return if_defined(processor_->bos_id());
}

std::optional<int64_t> SentencePieceModel::eos_id() const {
  return if_defined(processor_->eos_id());
}

}  // namespace mono::model
