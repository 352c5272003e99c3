#pragma once

#include <string>
#include <string_view>

namespace mono::tasks {

/// The bytes of a base64 text (RFC 4648, standard alphabet); white space in it is passed over.
/// \throws model::SetupError "<where>: ..." on any other character, bad padding or no bytes.
std::string decode_base64(std::string_view text, const std::string& where);

}  // namespace mono::tasks
