#include "results/line_blocks.h"

#include <cstring>
#include <fstream>
#include <vector>

#include "model/adapter.h"

namespace mono::results {

namespace {

constexpr size_t kBlockBytes = size_t{4} << 20;

}  // namespace

bool for_each_whole_line(const std::filesystem::path& path,
                         const std::function<void(const PaddedLine&)>& on_line) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) model::fail(path.string(), ": cannot open");
  std::vector<char> block(kBlockBytes + PaddedLine::kPadding);
  size_t filled = 0;
  PaddedLine line;
  while (file) {
    if (filled + PaddedLine::kPadding >= block.size()) block.resize(2 * block.size());
    file.read(block.data() + filled,
              static_cast<std::streamsize>(block.size() - PaddedLine::kPadding - filled));
    filled += static_cast<size_t>(file.gcount());
    size_t begin = 0;
    while (const void* const found = std::memchr(block.data() + begin, '\n', filled - begin)) {
      const auto end = static_cast<size_t>(static_cast<const char*>(found) - block.data());
      line.text = {block.data() + begin, end - begin};
      ++line.number;
      on_line(line);
      line.offset += static_cast<int64_t>(end + 1 - begin);
      begin = end + 1;
    }
    filled -= begin;
    std::memmove(block.data(), block.data() + begin, filled);
  }
  if (file.bad()) model::fail(path.string(), ": cannot read");
  return filled == 0;
}

}  // namespace mono::results
