#include "model/text/unicode_text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/utf8.h>

#include <limits>

#include "model/adapter.h"

namespace mono::model {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

void check(UErrorCode status, const char* what) {
  if (U_FAILURE(status)) fail("ICU cannot ", what, ": ", u_errorName(status));
}

}  // namespace

std::string replace_malformed_utf8(std::string_view bytes) {
  if (bytes.size() > std::numeric_limits<int32_t>::max()) {
    fail("a text of ", bytes.size(), " bytes is too long, expected less than 2^31");
  }
  std::string text;
  text.reserve(bytes.size());
  const auto size = static_cast<int32_t>(bytes.size());
  for (int32_t at = 0; at < size;) {
    const auto begin = static_cast<size_t>(at);
    UChar32 character = 0;
    // NOLINTNEXTLINE(bugprone-inc-dec-in-conditions): inside ICU's macro
    U8_NEXT(bytes, at, size, character);
    text.append(character < 0 ? kReplacement
                              : bytes.substr(begin, static_cast<size_t>(at) - begin));
  }
  return text;
}

std::string compose_nfc(std::string text) {
  auto status = U_ZERO_ERROR;
  const auto* const nfc = icu::Normalizer2::getNFCInstance(status);
  check(status, "load normalization form C");
  const icu::StringPiece piece(text.data(), static_cast<int32_t>(text.size()));
  const bool is_composed = nfc->isNormalizedUTF8(piece, status) != 0;
  check(status, "test for normalization form C");
  if (is_composed) return text;
  std::string composed;
  icu::StringByteSink<std::string> sink(&composed, piece.length());
  nfc->normalizeUTF8(0, piece, sink, nullptr, status);
  check(status, "compose a text");
  return composed;
}

}  // namespace mono::model
