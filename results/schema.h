#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace mono::results {

/// The version of every file of a run folder, "major.minor". A new optional field raises the minor
/// number; whatever makes an old reader wrong raises the major one. results/schema/ holds the JSON
/// Schemas of this version.
inline constexpr std::string_view kSchemaVersion = "1.0";
inline constexpr std::string_view kSamplesSchemaVersion = "1.1";  // 1.1: images_sha256

/// Refuses a file that this program would misread: one of another kind, without a version, or of a
/// newer major version. Newer minor versions pass; what they add is ignored.
///
/// \param about  The object with `schema` and `schema_version`.
/// \param kind   What `schema` must be: "mono-eval.samples".
/// \param where  The file, for the message.
/// \throws SetupError saying what was expected and what came.
void check_schema(const nlohmann::ordered_json& about, std::string_view kind,
                  const std::string& where);

}  // namespace mono::results
