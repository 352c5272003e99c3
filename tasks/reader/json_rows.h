#pragma once

#include <filesystem>
#include <vector>

#include "tasks/reader/layout_rows.h"

namespace mono::tasks {

/// Adds the rows of a JSON file by a layout: JSON Lines, a list of objects, an object of objects,
/// or one that holds such a list. Accepted answers come from a file of annotations beside it where
/// there is one; pictures are the files the rows name.
/// \throws model::SetupError if the file is absent, cut short or no JSON.
/// \returns what was read: the file, and its annotations.
std::vector<std::filesystem::path> add_json_rows(const std::filesystem::path& path,
                                                 const Layout& layout, LayoutRows& rows);

}  // namespace mono::tasks
