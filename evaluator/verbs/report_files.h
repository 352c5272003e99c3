#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace mono::evaluator {

/// A file of a verb and the option that names it; "" where it is not asked for.
struct ReportFile {
  const char* option = nullptr;
  std::string path{};
};

/// Refuses files of which writing one would destroy a part of a run or another of them.
/// \param runs  Folders as they were given: of a run, or of an output path with runs in it. A file
///              beside the runs of an output path is none of theirs.
/// \throws UsageError naming the option and the file.
void check_report_files(std::span<const ReportFile> files,
                        std::span<const std::filesystem::path> runs);

/// Refuses to write over what the same call reads, by whatever name.
/// \param written, read  a path "" is no file
/// \throws UsageError naming both options and the file.
void check_not_read(const ReportFile& written, std::span<const ReportFile> read);

/// Makes the folder in which a file will lie, so that what cannot be written is known before it is
/// computed.
/// \throws SetupError naming the option where it cannot be made or holds no new files.
void prepare_folder_of(const ReportFile& file);

/// Removes an earlier report, if there is one that can be replaced; a link to it stays.
void remove_report(const std::string& path);

}  // namespace mono::evaluator
