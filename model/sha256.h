#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mono::model {

/// SHA-256 in lower-case hex, for programs that must run without OpenSSL (mono-bench); the digests
/// of native/digest.h are the same and ten times as fast.
/// Formula: FIPS 180-4, section 6.2.
std::string plain_sha256(std::span<const uint8_t> bytes);

/// Of the ids as little-endian int64, as a run log has them.
std::string plain_sha256(std::span<const int64_t> ids);

}  // namespace mono::model
