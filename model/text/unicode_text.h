#pragma once

#include <string>
#include <string_view>

namespace mono::model {

/// Valid UTF-8: each maximal malformed part becomes U+FFFD, as Python's
/// `bytes.decode("utf-8", errors="replace")` does it (Unicode 15, section 3.9, table 3-8).
/// \throws SetupError if there are 2^31 bytes or more.
std::string replace_malformed_utf8(std::string_view bytes);

/// Normalization form C of valid UTF-8 (Unicode Standard Annex 15).
std::string compose_nfc(std::string text);

}  // namespace mono::model
