#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

/// What a spreadsheet holds, read without the library that wrote it.
namespace mono::tests {

inline uint32_t little_endian(const std::string& bytes, size_t position, int count) {
  uint32_t value = 0;
  for (int i = count - 1; i >= 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes.at(position + static_cast<size_t>(i)));
  }
  return value;
}

inline std::string inflated(const std::string& bytes, size_t start, size_t packed, size_t size) {
  std::string text(size, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::runtime_error("zip: no memory");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + start));
  stream.avail_in = static_cast<uInt>(packed);
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(size);
  const int status = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("zip: broken data");
  return text;
}

/// The files in a zip archive, by name, found through its central directory.
inline std::map<std::string, std::string> files_in_zip(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const size_t end = bytes.rfind("PK\x05\x06");
  if (end == std::string::npos) throw std::runtime_error(path.string() + ": no zip archive");
  std::map<std::string, std::string> files;
  size_t entry = little_endian(bytes, end + 16, 4);
  for (uint32_t i = 0; i < little_endian(bytes, end + 10, 2); ++i) {
    const auto method = little_endian(bytes, entry + 10, 2);
    const auto packed = little_endian(bytes, entry + 20, 4);
    const auto size = little_endian(bytes, entry + 24, 4);
    const auto name_size = little_endian(bytes, entry + 28, 2);
    const auto name = bytes.substr(entry + 46, name_size);
    const auto local = little_endian(bytes, entry + 42, 4);
    const size_t data =
        local + 30 + little_endian(bytes, local + 26, 2) + little_endian(bytes, local + 28, 2);
    files[name] = method == 0 ? bytes.substr(data, size) : inflated(bytes, data, packed, size);
    entry +=
        46 + name_size + little_endian(bytes, entry + 30, 2) + little_endian(bytes, entry + 32, 2);
  }
  return files;
}

inline std::string without_entities(std::string text) {
  const std::pair<const char*, const char*> kEntities[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}};
  for (const auto& [entity, character] : kEntities) {
    for (size_t at = 0; (at = text.find(entity, at)) != std::string::npos; ++at) {
      text.replace(at, std::string(entity).size(), character);
    }
  }
  return text;
}

/// What stands in the `<t>` elements, in order.
inline std::vector<std::string> texts_in(const std::string& xml) {
  std::vector<std::string> texts;
  for (size_t at = 0; (at = xml.find("<t", at)) != std::string::npos;) {
    const size_t start = xml.find('>', at) + 1;
    const size_t end = xml.find("</t>", start);
    texts.push_back(without_entities(xml.substr(start, end - start)));
    at = end;
  }
  return texts;
}

/// The cells of the first sheet by name ("B3"): texts in quotes, numbers as they stand.
inline std::map<std::string, std::string> cells_of_xlsx(const std::filesystem::path& path) {
  const auto files = files_in_zip(path);
  const auto texts = texts_in(files.at("xl/sharedStrings.xml"));
  std::map<std::string, std::string> cells;
  const std::regex cell_pattern("<c r=\"([A-Z]+[0-9]+)\"( t=\"s\")?[^>]*><v>([^<]*)</v></c>");
  const auto& sheet = files.at("xl/worksheets/sheet1.xml");
  for (auto it = std::sregex_iterator(sheet.begin(), sheet.end(), cell_pattern);
       it != std::sregex_iterator(); ++it) {
    const auto value = (*it)[3].str();
    const bool is_text = (*it)[2].matched;
    cells[(*it)[1]] = is_text ? "'" + texts.at(std::stoul(value)) + "'" : value;
  }
  return cells;
}

}  // namespace mono::tests
