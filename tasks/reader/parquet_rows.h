#pragma once

#include <filesystem>

#include "tasks/reader/layout_rows.h"

namespace mono::tasks {

/// Adds the rows of a Parquet file as Hugging Face datasets store them: the columns the layout
/// names, batch by batch; pictures (structs of bytes and path, lists of them, columns of bytes)
/// stay in the file until they are asked for.
/// \throws model::SetupError if the file is no Parquet file, or has none of the layout's columns.
void add_parquet_rows(const std::filesystem::path& path, const Layout& layout, LayoutRows& rows);

}  // namespace mono::tasks
