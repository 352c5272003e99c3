#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace mono::tests {

/// Writes a Parquet file through Arrow. The type of a column follows from its values: texts,
/// integers, floats, booleans, lists, objects; null alone is a text. A field `bytes` is binary.
/// Pages are of a megabyte, whatever the size of the rows.
void write_parquet(const std::filesystem::path& path, const nlohmann::json& rows,
                   int64_t rows_per_group = 100);

}  // namespace mono::tests
