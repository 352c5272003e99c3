#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tasks/reader/image_source.h"

namespace mono::tasks {

/// The pictures in columns of a Parquet file, read batch by batch in the order they are asked for:
/// going forward costs nothing twice, going back starts the row group anew. In memory: a page
/// of the column (a writer may make one of a whole row group) and a batch of 16 rows.
/// \throws model::SetupError if the file is absent or no Parquet file.
std::shared_ptr<const PictureStore> open_parquet_pictures(const std::filesystem::path& path);

}  // namespace mono::tasks
