#include "model/weights/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "model/adapter.h"
#include "model/json_text.h"

namespace mono::model {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is little endian");

constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the format's own limit
constexpr size_t kLengthBytes = sizeof(uint64_t);

constexpr std::array<std::pair<std::string_view, size_t>, 14> kItemSizes = {{{"BOOL", 1},
                                                                             {"U8", 1},
                                                                             {"I8", 1},
                                                                             {"F8_E5M2", 1},
                                                                             {"F8_E4M3", 1},
                                                                             {"I16", 2},
                                                                             {"U16", 2},
                                                                             {"F16", 2},
                                                                             {"BF16", 2},
                                                                             {"I32", 4},
                                                                             {"U32", 4},
                                                                             {"F32", 4},
                                                                             {"F64", 8},
                                                                             {"I64", 8}}};

// Parses the header; a name that comes twice would silently win over the first.
nlohmann::json parse_header(const std::string& path, std::span<const std::byte> text) {
  std::set<std::string> names;
  const auto refuse_repeats = [&](int depth, nlohmann::json::parse_event_t event,
                                  nlohmann::json& parsed) {
    if (event == nlohmann::json::parse_event_t::key && depth == 1) {
      if (!names.insert(parsed.get<std::string>()).second) {
        fail(path, ": the header names ", parsed.dump(), " twice");
      }
    }
    return true;
  };
  const std::string_view characters(reinterpret_cast<const char*>(text.data()), text.size());
  refuse_too_deep(characters, path + ": the header");
  try {
    auto header = nlohmann::json::parse(characters, refuse_repeats);
    if (!header.is_object()) fail(path, ": the header must be a JSON object");
    return header;
  } catch (const nlohmann::json::exception& cause) {
    fail(path, ": the header is no JSON: ", cause.what());
  }
}

std::optional<uint64_t> product_of(const std::vector<int64_t>& shape, uint64_t item_size) {
  uint64_t product = item_size;
  for (const int64_t size : shape) {
    if (__builtin_mul_overflow(product, static_cast<uint64_t>(size), &product)) return std::nullopt;
  }
  return product;
}

std::vector<int64_t> shape_of(const std::string& where, const nlohmann::json& entry) {
  const auto shape = entry.find("shape");
  if (shape == entry.end() || !shape->is_array()) fail(where, ": shape must be a list of sizes");
  std::vector<int64_t> sizes;
  for (const auto& size : *shape) {
    if (!size.is_number_unsigned() || size.get<uint64_t>() > uint64_t{INT64_MAX}) {
      fail(where, ": shape must be a list of sizes, got ", shape->dump());
    }
    sizes.push_back(size.get<int64_t>());
  }
  return sizes;
}

std::pair<uint64_t, uint64_t> offsets_of(const std::string& where, const nlohmann::json& entry,
                                         size_t num_data_bytes) {
  const auto offsets = entry.find("data_offsets");
  if (offsets == entry.end() || !offsets->is_array() || offsets->size() != 2 ||
      !(*offsets)[0].is_number_unsigned() || !(*offsets)[1].is_number_unsigned()) {
    fail(where, ": data_offsets must be two offsets [begin, end]");
  }
  const auto begin = (*offsets)[0].get<uint64_t>();
  const auto end = (*offsets)[1].get<uint64_t>();
  if (begin > end || end > num_data_bytes) {
    fail(where, ": data_offsets must lie in order inside ", num_data_bytes, " bytes, got ",
         offsets->dump());
  }
  return {begin, end};
}

StoredTensor tensor_of(const std::string& where, const nlohmann::json& entry,
                       std::span<const std::byte> data) {
  if (!entry.is_object()) fail(where, ": must be an object, got ", entry.dump());
  StoredTensor tensor;
  const auto dtype = entry.find("dtype");
  if (dtype == entry.end() || !dtype->is_string()) fail(where, ": dtype must be a string");
  tensor.dtype = dtype->get<std::string>();
  const size_t item_size = item_size_of(tensor.dtype);
  if (item_size == 0) fail(where, ": unknown dtype ", tensor.dtype);

  tensor.shape = shape_of(where, entry);
  const auto [begin, end] = offsets_of(where, entry, data.size());
  const auto expected = product_of(tensor.shape, item_size);
  if (expected != end - begin) {
    fail(where, ": ", tensor.dtype, " ", entry["shape"].dump(), " needs ",
         expected ? std::to_string(*expected) : "more than 2^64", " bytes, data_offsets span ",
         end - begin);
  }
  tensor.bytes = data.subspan(begin, end - begin);
  return tensor;
}

// The spans must cover the data in some order, without a hole and without overlap.
void check_coverage(const std::string& path, const StoredTensors& tensors,
                    std::span<const std::byte> data) {
  std::vector<std::pair<std::span<const std::byte>, std::string_view>> spans;
  for (const auto& [name, tensor] : tensors) {
    if (!tensor.bytes.empty()) spans.emplace_back(tensor.bytes, name);
  }
  std::sort(spans.begin(), spans.end(),
            [](const auto& a, const auto& b) { return a.first.data() < b.first.data(); });
  size_t covered = 0;
  for (const auto& [bytes, name] : spans) {
    const auto begin = static_cast<size_t>(bytes.data() - data.data());
    if (begin < covered) fail(path, ": ", name, ": overlaps the tensor before it");
    if (begin > covered) fail(path, ": ", begin - covered, " bytes before ", name, " are unused");
    covered += bytes.size();
  }
  if (covered != data.size()) {
    fail(path, ": ", data.size() - covered, " bytes at the end are unused");
  }
}

}  // namespace

size_t item_size_of(const std::string& dtype) {
  for (const auto& [name, size] : kItemSizes) {
    if (name == dtype) return size;
  }
  return 0;
}

StoredTensors read_safetensors(const std::filesystem::path& path) {
  const auto file = std::make_shared<const MappedFile>(path);
  const auto bytes = file->bytes();
  if (bytes.size() < kLengthBytes) {
    fail(path.string(), ": must hold 8 bytes of header length, got ", bytes.size());
  }
  uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data(), kLengthBytes);
  if (header_bytes > kMaxHeaderBytes || header_bytes > bytes.size() - kLengthBytes) {
    fail(path.string(), ": the header's length ", header_bytes, " must be at most ",
         std::min<uint64_t>(kMaxHeaderBytes, bytes.size() - kLengthBytes));
  }
  const auto header = parse_header(path.string(), bytes.subspan(kLengthBytes, header_bytes));
  const auto data = bytes.subspan(kLengthBytes + header_bytes);

  StoredTensors tensors;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    auto tensor = tensor_of(path.string() + ": " + name, entry, data);
    tensor.file = file;
    tensor.path = path;
    tensors.emplace(name, std::move(tensor));
  }
  check_coverage(path.string(), tensors, data);
  return tensors;
}

}  // namespace mono::model
